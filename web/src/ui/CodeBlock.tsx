import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Box, Code, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import classes from './CodeBlock.module.css';

/** Copies a text of several lines; a text area stands in where the clipboard is not allowed. */
async function copyLines(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = value;
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}

interface Props {
  /** Names the block for screen readers, and its copy button. */
  label: string;
  value: string;
  maxHeight?: number;
}

/** Text for machines: as it is, never wrapped, with a copy button. */
export function CodeBlock({ label, value, maxHeight = 420 }: Props) {
  const { t } = useLingui();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 3000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Box className={classes.frame}>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className={classes.scroll}
        style={{ maxHeight }}
        dir="ltr"
      >
        <Code block className={classes.code}>
          {value}
        </Code>
      </section>
      <Tooltip label={copied ? t`Copied` : t`Copy`}>
        <ActionIcon
          className={classes.copy}
          variant="subtle"
          aria-label={t`Copy ${label}`}
          onClick={async () => setCopied(await copyLines(value))}
        >
          {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <VisuallyHidden role="status">{copied ? t`Copied` : ''}</VisuallyHidden>
    </Box>
  );
}
