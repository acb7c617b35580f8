import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Popover, Skeleton, Tooltip } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState } from 'react';

const EmojiPicker = lazy(() => import('./EmojiPicker'));

interface Props {
  size?: number;
  variant?: 'subtle' | 'default';
  /** Behind the name in the hint, such as the key that opens it. */
  hint?: string | undefined;
  onPick: (emoji: string) => void;
  /** It was closed by its key without a choice; otherwise the button gets the focus back. */
  onLeave?: (() => void) | undefined;
  /** Told at each change of what is searched by; an answer of `true` closes it. */
  onSearch?: ((text: string) => boolean) | undefined;
  /** Who opens it from elsewhere, such as by a key, holds this. */
  opened?: boolean | undefined;
  onOpened?: ((opened: boolean) => void) | undefined;
}

/** A button with all emoji behind it, which are loaded when somebody wants one. */
export function EmojiButton(props: Props) {
  const { size = 30, variant = 'subtle', hint = '', onPick, onLeave, onSearch } = props;
  const { t } = useLingui();
  const [own, setOwn] = useState(false);
  const opened = props.opened ?? own;
  const setOpened = props.onOpened ?? setOwn;
  const button = useRef<HTMLButtonElement>(null);
  const dismissed = () =>
    requestAnimationFrame(() => {
      // Who clicked somewhere else has the focus there.
      if (document.activeElement !== document.body) return;
      if (onLeave) onLeave();
      else button.current?.focus();
    });
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      onDismiss={dismissed}
      transitionProps={{ duration: 0 }}
      position="top-start"
      trapFocus
      withinPortal
      shadow="md"
      closeOnEscape
    >
      <Popover.Target>
        <Tooltip label={`${t`Emoji`}${hint}`} disabled={opened}>
          <ActionIcon
            ref={button}
            variant={variant}
            color="gray"
            size={size}
            aria-label={t`Emoji`}
            aria-haspopup="dialog"
            onClick={() => setOpened(!opened)}
          >
            <IconMoodSmile size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t`Emoji`} maw="calc(100vw - 16px)">
        <Suspense fallback={<Skeleton width={296} height={320} />}>
          <EmojiPicker
            onPick={(emoji) => {
              onPick(emoji);
              setOpened(false);
            }}
            onSearch={(text) => {
              if (onSearch?.(text)) setOpened(false);
            }}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
