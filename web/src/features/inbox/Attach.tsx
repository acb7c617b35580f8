import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconPaperclip } from '@tabler/icons-react';
import { useId, useRef } from 'react';
import { acceptOf, type FileRule, useKindWords, useSize } from '~/ui/files';

interface Props {
  /** What the provider takes. */
  rules: readonly FileRule[];
  onFile: (file: File) => void;
}

/** Chooses a file for the next answer; what fits is said before. */
export function Attach({ rules, onFile }: Props) {
  const { t } = useLingui();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const size = useSize();
  const words = useKindWords();
  const limits = rules.map(({ kind, bytes }) => `${words(kind)} ${size(bytes)}`).join(', ');
  const about = t`At most: ${limits}. A file can be dropped or pasted, too.`;
  return (
    <>
      <Tooltip label={`${t`Attach a file`}. ${about}`} multiline maw={320}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t`Attach a file`}
          aria-describedby={id}
          onClick={() => field.current?.click()}
        >
          <IconPaperclip size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <VisuallyHidden id={id}>{about}</VisuallyHidden>
      <input
        ref={field}
        type="file"
        hidden
        data-attach
        aria-label={t`File to attach`}
        accept={acceptOf(rules)}
        onChange={(e) => {
          const [file] = e.currentTarget.files ?? [];
          if (file) onFile(file);
          // The same file can be chosen again, after it was removed.
          e.currentTarget.value = '';
        }}
      />
    </>
  );
}
