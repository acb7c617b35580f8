import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Box, Group, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { copy } from './CopyField';
import classes from './RawText.module.css';

interface Props {
  label: string;
  text: string;
  /** Stands beside the label, such as a status. */
  beside?: ReactNode;
}

/** A text of a program, as it is: a request, an answer. It can be copied. */
export function RawText({ label, text, beside }: Props) {
  const { t } = useLingui();
  const hidden = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 3000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Box className={classes.box}>
      <Group justify="space-between" wrap="nowrap" className={classes.head}>
        <Group gap="xs">
          <Text size="xs" fw={600}>
            {label}
          </Text>
          {beside}
        </Group>
        <Tooltip label={copied ? t`Copied` : t`Copy`}>
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label={t`Copy ${label}`}
            onClick={async () => setCopied(await copy(text, hidden.current))}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.text} dir="ltr" tabIndex={0} aria-label={label}>
        {text}
      </section>
      <input ref={hidden} className={classes.hidden} value={text} readOnly tabIndex={-1} aria-hidden />
      <VisuallyHidden role="status">{copied ? t`Copied` : ''}</VisuallyHidden>
    </Box>
  );
}
