import { useLingui } from '@lingui/react/macro';
import { ActionIcon, TextInput, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';

interface Props {
  label: ReactNode;
  value: string;
  description?: ReactNode;
  /** Names the button when the label is not a text. */
  name?: string;
}

/** Copies a text, with the clipboard where it is allowed (not over plain HTTP) and by selecting it where it is not. */
export async function copy(value: string, input: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    if (input) input.select();
    else return copyAside(value);
    return document.execCommand('copy');
  }
}

/** Selects a text that stands in no field. */
function copyAside(value: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = value;
  field.setAttribute('readonly', '');
  // A dialog keeps the focus inside: the field has to stand where the focus is.
  (focused?.parentElement ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

/** A text that is to be pasted elsewhere. */
export function CopyField({ label, value, description, name }: Props) {
  const { t } = useLingui();
  const input = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 3000);
    return () => clearTimeout(timer);
  }, [copied]);
  const what = name ?? (typeof label === 'string' ? label : '');
  return (
    <>
      <TextInput
        ref={input}
        label={label}
        description={description}
        value={value}
        readOnly
        dir="ltr"
        onFocus={(e) => e.currentTarget.select()}
        rightSection={
          <Tooltip label={copied ? t`Copied` : t`Copy`}>
            <ActionIcon
              variant="subtle"
              aria-label={t`Copy ${what}`}
              onClick={async () => setCopied(await copy(value, input.current))}
            >
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        }
      />
      <VisuallyHidden role="status">{copied ? t`Copied` : ''}</VisuallyHidden>
    </>
  );
}
