import { Trans, useLingui } from '@lingui/react/macro';
import { Skeleton } from '@mantine/core';
import { type EmojiData, type EmojiDataResolver, EmojiPicker as Parts } from 'frimousse';
import classes from './EmojiPicker.module.css';

/** Emoji come with the dashboard: the picker's own way would ask a stranger's server. */
const english = () => import('virtual:emoji/en');
const files: Record<string, typeof english> = { en: english, hi: () => import('virtual:emoji/hi') };
const tones = { light: '', 'medium-light': '', medium: '', 'medium-dark': '', dark: '' };

const ours: EmojiDataResolver = async (locale): Promise<EmojiData> => {
  const { default: data } = await (files[locale] ?? english)();
  return {
    locale,
    emojis: data.emojis.map(([emoji, category, label, tags]) => ({
      emoji,
      category,
      label,
      version: 1,
      tags: tags.split('|'),
    })),
    categories: data.groups.map(([index, label]) => ({ index, label })),
    skinTones: tones,
  };
};

/** The picker counts rows and columns from 0, which is not valid. */
const fromOne = (index: number | undefined) => (index === undefined ? undefined : index + 1);

interface Props {
  onPick: (emoji: string) => void;
  /** What was typed to search by, at each change. */
  onSearch?: ((text: string) => void) | undefined;
}

/** All emoji, by group, to be searched by name. */
export default function EmojiPicker({ onPick, onSearch }: Props) {
  const { t, i18n } = useLingui();
  return (
    <Parts.Root
      className={classes.root}
      columns={8}
      locale={i18n.locale in files ? i18n.locale : 'en'}
      resolveEmojiData={ours}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <Parts.Search
        className={classes.search}
        aria-label={t`Search emoji`}
        placeholder={t`Search emoji`}
        dir="auto"
        data-autofocus
        autoFocus
        onChange={(e) => onSearch?.(e.currentTarget.value)}
      />
      <Parts.Viewport className={classes.viewport} tabIndex={0}>
        <Parts.Loading>
          <Skeleton height={200} />
        </Parts.Loading>
        <Parts.Empty className={classes.empty}>
          <Trans>No emoji has this name.</Trans>
        </Parts.Empty>
        <Parts.List
          className={classes.list}
          aria-label={t`Emoji`}
          components={{
            CategoryHeader: ({ category, ...props }) => (
              <div {...props} className={classes.group}>
                {category.label}
              </div>
            ),
            Row: ({ children, ...props }) => (
              <div
                {...props}
                {...{ 'aria-rowindex': fromOne(props['aria-rowindex']) }}
                className={classes.row}
              >
                {children}
              </div>
            ),
            Emoji: ({ emoji, ...props }) => (
              <button
                {...props}
                {...{ 'aria-colindex': fromOne(props['aria-colindex']) }}
                type="button"
                className={classes.emoji}
                data-active={emoji.isActive || undefined}
                title={emoji.label}
              >
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </Parts.Viewport>
    </Parts.Root>
  );
}
