import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Text, Textarea, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconSend, IconTemplate } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { isShortcut, useShortcutsOn } from '~/app/shortcuts';
import { EmojiButton } from '~/ui/EmojiButton';
import type { Uploaded } from '~/ui/files';
import { Phone, useFormat } from '~/ui/format';
import { put } from '~/ui/insert';
import { Attach } from './Attach';
import { Attached } from './Attached';
import { wordless } from './attachments';
import { DraftState } from './DraftState';
import type { useDraft } from './drafts';
import { marked } from './marks';
import type { Conversation, useSender } from './queries';
import classes from './Thread.module.css';
import { useAttach } from './useAttach';
import { WindowClock } from './WindowChip';
import { windowState } from './window';

interface Props {
  conversation: Conversation;
  now: number;
  sender: ReturnType<typeof useSender>;
  /** Why the account sends nothing at the moment. */
  held: string | undefined;
  draft: ReturnType<typeof useDraft>;
  onSend: (text: string) => void;
  onSendFile: (file: Uploaded, caption: string) => void;
  onTemplate: () => void;
}

/** Characters as people and WhatsApp count them. */
const length = (text: string) => Array.from(text).length;

/** Writes an answer while the window is open. */
export function Composer(props: Props) {
  const { conversation: c, now, sender, held, draft, onSend, onSendFile, onTemplate } = props;
  const { t } = useLingui();
  const format = useFormat();
  const field = useRef<HTMLTextAreaElement>(null);
  const [shortcuts] = useShortcutsOn();
  const [emoji, setEmoji] = useState(false);
  // A colon that asked for emoji goes when one is chosen.
  const colon = useRef(false);
  const attach = useAttach(c.id, sender);
  const { attachment } = attach;
  const captioned = attachment !== undefined && !wordless(attachment.kind);
  const text = draft.draft;
  const limit = captioned ? sender.caption : sender.limit;
  const count = length(text);
  const over = count > limit;
  const most = format.number(limit);
  const ready = !over && (attachment ? attachment.uploaded !== undefined : text.trim() !== '');
  useEffect(() => {
    if (!shortcuts) return;
    const press = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'r' || !isShortcut(event)) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [shortcuts]);
  const send = () => {
    if (!ready) return;
    if (attachment?.uploaded) onSendFile(attachment.uploaded, captioned ? text.trim() : '');
    else onSend(text.trim());
    field.current?.focus();
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key === 'Enter') {
      event.preventDefault();
      send();
    } else if (mod && (event.key === 'b' || event.key === 'i')) {
      event.preventDefault();
      const box = event.currentTarget;
      const next = marked(text, box.selectionStart, box.selectionEnd, event.key === 'b' ? '*' : '_');
      draft.set(next.text);
      requestAnimationFrame(() => box.setSelectionRange(next.from, next.to));
    } else if (event.key === ':' && shortcuts && !mod && !event.nativeEvent.isComposing) {
      const box = event.currentTarget;
      // In the middle of words it is a colon and nothing else.
      if (/\S$/.test(box.value.slice(0, box.selectionStart))) return;
      event.preventDefault();
      put(box, ':');
      colon.current = true;
      setEmoji(true);
    } else if (event.key === 'Escape') event.currentTarget.blur();
  };
  const openEmoji = (opened: boolean) => {
    if (!opened) colon.current = false;
    setEmoji(opened);
  };
  /** Writes at the cursor, in place of the colon that asked for it. */
  const write = (words: string, inPlace: boolean) => {
    const box = field.current;
    if (!box) return;
    const at = box.selectionStart;
    if (inPlace && box.value[at - 1] === ':') box.setSelectionRange(at - 1, box.selectionEnd);
    put(box, words);
  };
  return (
    <section
      className={classes.foot}
      aria-label={t`Answer`}
      data-over={attach.over || undefined}
      {...attach.drop}
    >
      <div className={classes.facts}>
        {windowState(c.window_closes_at, now) !== 'open' && (
          <WindowClock closesAt={c.window_closes_at} now={now} />
        )}
        <Text size="xs" c="dimmed">
          <Trans>
            Leaves from <Phone number={c.number} />, the number they last wrote to.
          </Trans>
        </Text>
      </div>
      {held !== undefined && (
        <Text size="xs" mb={6} style={{ display: 'flex', gap: 4 }}>
          <IconAlertTriangle size={14} aria-hidden style={{ flex: 'none', marginTop: 1 }} />
          <span>{t`The account sends nothing at the moment; answers wait. ${held}`}</span>
        </Text>
      )}
      {attachment && (
        <Attached
          attachment={attachment}
          unreachable={attach.unreachable}
          written={text.trim() !== ''}
          onRemove={() => {
            attach.remove();
            field.current?.focus();
          }}
          onRetry={attach.retry}
        />
      )}
      {attach.refused && (
        <Text size="xs" mb={6} c="var(--mantine-color-error)" role="alert">
          {attach.refused}
        </Text>
      )}
      <div className={classes.write}>
        <Tooltip label={t`Send a template (t)`}>
          <ActionIcon variant="default" size={36} aria-label={t`Send a template`} onClick={onTemplate}>
            <IconTemplate size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {attach.rules.length > 0 && (
          <Attach
            rules={attach.rules}
            onFile={(file) => {
              attach.choose(file);
              field.current?.focus();
            }}
          />
        )}
        <Textarea
          ref={field}
          aria-label={t`Message`}
          placeholder={captioned ? t`Write words for the file` : t`Write an answer`}
          dir="auto"
          autosize
          minRows={1}
          maxRows={8}
          value={text}
          onChange={(e) => draft.set(e.currentTarget.value)}
          onKeyDown={press}
          onPaste={attach.paste}
          error={
            over ? (
              <Plural
                value={count - limit}
                one={`# character too many. WhatsApp takes at most ${most}.`}
                other={`# characters too many. WhatsApp takes at most ${most}.`}
              />
            ) : undefined
          }
        />
        <EmojiButton
          variant="default"
          size={36}
          hint={shortcuts ? ' (:)' : ''}
          opened={emoji}
          onOpened={openEmoji}
          onPick={(chosen) => write(chosen, colon.current)}
          onLeave={() => field.current?.focus()}
          onSearch={(typed) => {
            // No name begins so: it was a smile of signs, or just a colon.
            if (!colon.current || !/^[^\p{L}]/u.test(typed)) return false;
            write(typed, false);
            return true;
          }}
        />
        <Tooltip label={t`Send (Ctrl Enter)`}>
          <ActionIcon
            size={36}
            aria-label={t`Send`}
            onClick={send}
            data-disabled={!ready || undefined}
            aria-disabled={!ready}
          >
            <IconSend size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.hints} data-empty={(text === '' && count === 0) || undefined}>
        <span>
          <Trans>Ctrl Enter sends.</Trans> <DraftState draft={draft} />
        </span>
        {count > limit * 0.8 && !over && (
          <span>
            <Trans>
              {format.number(count)} of {most} characters
            </Trans>
          </span>
        )}
      </div>
    </section>
  );
}
