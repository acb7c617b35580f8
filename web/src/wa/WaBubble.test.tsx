import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { Schemas } from '~/api/client';
import { render } from '~/test/render';
import type { WaContent } from './content';
import { fromTemplate, type Mapping, valuesOf } from './convert';
import { fromMessage } from './message';
import { WaBubble } from './WaBubble';

const template: Schemas['TemplateContent'] = {
  header: { type: 'image' },
  body: 'Hi *{{1}}*, your order {{2}} left.',
  footer: 'Reply STOP to end',
  buttons: [
    { type: 'url', text: 'Track', url: 'https://shop.example/o/{{1}}' },
    { type: 'phone', text: 'Call', phone: '+919999900001' },
    { type: 'quick_reply', text: 'Thanks' },
    { type: 'quick_reply', text: 'Stop' },
  ],
};
const mapping: Mapping = {
  header: { from: 'text', text: 'https://cdn.example/box.jpg' },
  body: [
    { from: 'attribute', name: 'name', default: 'friend' },
    { from: 'attribute', name: 'order' },
  ],
  buttons: { '0': { from: 'attribute', name: 'order', default: 'none' } },
};

describe('WaBubble', () => {
  it('reads as text, and fetches nothing of strangers', () => {
    const content = fromTemplate(template, valuesOf(template, mapping, { name: 'Asha' }));
    render(<WaBubble content={content} ticks="read" time="14:02" label="Preview" />);
    const bubble = screen.getByRole('article', { name: 'Preview' });
    expect(within(bubble).getByRole('img', { name: 'Image' })).toBeInTheDocument();
    expect(bubble.querySelector('img')).toBeNull();
    const said = bubble.textContent ?? '';
    expect(said).toContain('Hi Asha, your order {{2}} left.');
    expect(said).toContain('Button: Track, opens a link');
    expect(said).toContain('14:02Read');
  });

  it('folds more than three buttons into two and a list of all', async () => {
    const tapped = vi.fn();
    render(<WaBubble content={fromTemplate(template)} onButton={tapped} />);
    expect(screen.queryByRole('button', { name: /Stop/ })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'See all options' }));
    await userEvent.click(screen.getByRole('button', { name: /Stop/ }));
    expect(tapped).toHaveBeenCalledWith({ kind: 'quick_reply', text: 'Stop', value: undefined }, 3);
  });

  it('shows an uploaded file from our own server, whatever its public address is', () => {
    const token = `hkf_${'a'.repeat(32)}`;
    const of = (url: string): WaContent => ({
      header: { type: 'media', kind: 'image', url },
      body: '',
      buttons: [],
    });
    const shown = render(<WaBubble content={of(`https://wa.shop.example/files/${token}/offer.jpg`)} />);
    expect(screen.getByRole('img', { name: 'Image' })).toHaveAttribute('src', `/files/${token}/offer.jpg`);
    shown.unmount();
    for (const stranger of [
      'https://x.example/files/other/a.jpg',
      `https://x.example/a.jpg?/files/${token}/a.jpg?b`,
      `ftp://x.example/files/${token}/a.jpg`,
    ]) {
      const { unmount } = render(<WaBubble content={of(stranger)} />);
      expect(document.querySelector('img')).toBeNull();
      unmount();
    }
  });

  it('keeps markup of strangers as text', () => {
    render(<WaBubble content={{ body: '<img src=x onerror=alert(1)>', buttons: [] }} />);
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeInTheDocument();
  });
});

describe('fromMessage', () => {
  it.each([
    [
      { type: 'text', body: 'out', preview_url: false },
      { body: 'out', buttons: [] },
    ],
    [
      { type: 'text', text: 'in' },
      { body: 'in', buttons: [] },
    ],
    [
      { type: 'image', media: { url: 'https://x.example/1', mime: 'image/png', caption: 'cat' } },
      {
        header: { type: 'media', kind: 'image', url: 'https://x.example/1', filename: undefined },
        body: 'cat',
        buttons: [],
      },
    ],
    [
      { type: 'button', text: 'Yes', reply: { title: 'Yes', payload: 'p' } },
      { body: 'Yes', buttons: [] },
    ],
    [
      { type: 'contacts', raw: [{ name: { formatted_name: 'Ravi' }, phones: [{ phone: '+91 1' }] }] },
      {
        body: '',
        buttons: [],
        special: { kind: 'contacts', contacts: [{ name: 'Ravi', phone: '+91 1' }] },
      },
    ],
    [
      { type: 'poll', raw: {} },
      { body: '', buttons: [], special: { kind: 'other', name: 'poll' } },
    ],
    [null, { body: '', buttons: [], special: { kind: 'other', name: '' } }],
  ])('reads %j', (content, expected) => {
    expect(fromMessage(content)).toEqual(expected);
  });

  it('shows a template with its buttons and a place by name', () => {
    const content = fromMessage({
      type: 'template',
      name: 'x',
      language: 'en',
      header: { type: 'location', latitude: 18.5, longitude: 73.8, name: 'Shop' },
      body: 'Come by',
      buttons: [{ type: 'dynamic_url', text: 'Go', base: 'https://a.example/', suffix: '7' }],
    });
    expect(content.buttons).toEqual([{ kind: 'url', text: 'Go', value: 'https://a.example/7' }]);
    expect(content.header).toMatchObject({ type: 'location', name: 'Shop', latitude: '18.5' });
  });
});
