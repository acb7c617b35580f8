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

/** Copies a text, with the clipboard where it is allowed and by selecting it where it is not. */
export async function copy(value: string, input: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    input?.select();
    return document.execCommand('copy');
  }
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
