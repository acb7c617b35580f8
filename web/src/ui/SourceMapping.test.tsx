import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { render } from '~/test/render';
import { type Source, SourceMapping } from './SourceMapping';

vi.mock('./people', () => ({ BUILT_IN: ['name', 'phone'], useAttributeNames: () => ['city'] }));

function Field({ told }: { told: (source: Source | undefined) => void }) {
  const [source, setSource] = useState<Source | undefined>({ from: 'text', text: 'friend' });
  return (
    <SourceMapping
      label="{{1}}"
      name="{{1}} in the body"
      value={source}
      onChange={(next) => {
        setSource(next);
        told(next);
      }}
    />
  );
}

describe('SourceMapping', () => {
  it('keeps the text as the default when the value comes from the profile', async () => {
    const told = vi.fn();
    render(<Field told={told} />);
    await userEvent.click(
      screen.getByRole('combobox', { name: '{{1}} in the body: where the value comes from' }),
    );
    await userEvent.click(screen.getByRole('option', { name: 'From the profile' }));
    expect(told).toHaveBeenLastCalledWith({ from: 'attribute', name: '', default: 'friend' });
    await userEvent.type(screen.getByRole('combobox', { name: /attribute of the profile/ }), 'city');
    expect(told).toHaveBeenLastCalledWith({ from: 'attribute', name: 'city', default: 'friend' });
  });
});
