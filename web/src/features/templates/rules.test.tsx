import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { emptyForm, type Form, newButton, newCard } from './form';
import type { Carrier } from './queries';
import { merge, useLocalRules } from './rules';

const wrapper = ({ children }: { children: ReactNode }) => (
  <I18nProvider i18n={i18n}>{children}</I18nProvider>
);
const everything = { account: { id: 'acc_1' }, provider: 'P', can: () => true } as unknown as Carrier;
const nothing = { ...everything, can: () => false };

const whole: Form = {
  ...emptyForm('acc_1'),
  name: 'order_update',
  category: 'utility',
  body: 'Hi {{1}}, your order left.',
  values: { 1: { from: 'attribute', name: 'name', default: 'friend' } },
};
function found(change: Partial<Form>, carrier = everything): string[] {
  const { result } = renderHook(() => useLocalRules(), { wrapper });
  return result.current({ ...whole, ...change }, carrier).map((rule) => `${rule.pointer} ${rule.code}`);
}
const url = (link: string) => ({ ...newButton('url'), text: 'Go', url: link });

describe('rules that are checked at once', () => {
  it.each<[string, Partial<Form>, string[]]>([
    ['nothing for a whole one', {}, []],
    [
      'what is missing',
      { name: '', category: null, body: '' },
      ['/name required', '/category required', '/content/body required'],
    ],
    ['a placeholder at the edge', { body: '{{1}} is here now.' }, ['/content/body variable_at_edge']],
    ['two side by side', { body: 'Hi {{1}} {{1}}, we are here.' }, ['/content/body adjacent_variables']],
    ['too many characters', { footer: 'x'.repeat(61) }, ['/content/footer too_long']],
    ['emoji as one character', { footer: '🎉'.repeat(60) }, []],
    ['an open placeholder', { values: {} }, ['/mapping/body/0 unmapped']],
    [
      'a missing default',
      { values: { 1: { from: 'attribute', name: 'city' } } },
      ['/mapping/body/0 needs_default'],
    ],
    ['a media header without a file', { header: 'image' }, ['/mapping/header unmapped']],
    [
      'half a place',
      { header: 'location', latitude: { from: 'text', text: '1' } },
      ['/mapping/location/longitude unmapped'],
    ],
    [
      'an empty button',
      { buttons: [newButton('url')] },
      ['/content/buttons/0/text required', '/content/buttons/0/url required'],
    ],
    ['a bad link', { buttons: [url('shop.example')] }, ['/content/buttons/0/url url']],
    [
      'a dynamic link without its end',
      { buttons: [url('https://a.example/{{1}}')] },
      ['/mapping/buttons/0 unmapped'],
    ],
    [
      'a shortened link',
      { body: 'See https://bit.ly/x here. {{1}}, bye.' },
      ['/content/body shortened_link'],
    ],
    ['shouting', { body: 'HELLO {{1}}, THIS IS A BIG SALE.' }, ['/content/body capitals']],
    [
      'one card',
      { kind: 'carousel', cards: [newCard()] },
      ['/content/cards too_many', '/mapping/cards/0/header unmapped'],
    ],
    ['an offer without a title', { kind: 'offer' }, ['/content/offer/text required']],
  ])('%s', (_, change, expected) => expect(found(change)).toEqual(expected));

  it('names what the provider does not carry', () => {
    expect(
      found({ header: 'text', headerText: 'Hello', buttons: [url('https://a.example')] }, nothing),
    ).toEqual(['/content/header unsupported', '/content/buttons/0 unsupported']);
  });
});

describe('merge', () => {
  it('says once what the server found too, and adds the rest; advice comes last', () => {
    const rules = merge(
      [
        { pointer: '/content/body', code: 'shortened_link', detail: 'advice', advice: true },
        { pointer: '/content/body', code: 'too_long', detail: 'ours' },
        { pointer: '/content/buttons/0/url', code: 'required', detail: 'ours' },
      ],
      [
        { pointer: '/content/body', code: 'too_long', detail: 'theirs' },
        { pointer: '/content/body', code: 'newlines', detail: 'theirs' },
        { pointer: '/content/body', code: 'newlines', detail: 'theirs again' },
      ],
    );
    expect(rules.map((rule) => rule.detail)).toEqual(['ours', 'ours', 'theirs', 'advice']);
  });
});
