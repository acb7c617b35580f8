import { Trans, useLingui } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { IconCopy, IconCornerUpLeft, IconExternalLink, IconList, IconPhone } from '@tabler/icons-react';
import { useId, useState } from 'react';
import classes from './Bubble.module.css';
import type { WaButton, WaMenu, WaRow } from './content';

const ICONS = {
  quick_reply: IconCornerUpLeft,
  reply: IconCornerUpLeft,
  url: IconExternalLink,
  phone: IconPhone,
  copy_code: IconCopy,
} as const;

/** Above this many, a phone shows two and a list of all. */
const FOLD_ABOVE = 3;

interface Props {
  buttons: readonly WaButton[];
  onButton?: ((button: WaButton, index: number) => void) | undefined;
}

/** The buttons under a message. Without `onButton` they are a picture of buttons. */
export function Buttons({ buttons, onButton }: Props) {
  const [open, setOpen] = useState(false);
  const panel = useId();
  const folded = buttons.length > FOLD_ABOVE;
  const one = (button: WaButton, index: number) => (
    <OneButton key={index} button={button} onTap={onButton && (() => onButton(button, index))} />
  );
  return (
    <div className={classes.buttons}>
      {(folded && !open ? buttons.slice(0, 2) : folded ? [] : buttons).map(one)}
      {folded && (
        <>
          <button
            type="button"
            className={classes.button}
            aria-expanded={open}
            aria-controls={panel}
            onClick={() => setOpen(!open)}
          >
            <IconList size={17} aria-hidden />
            {open ? <Trans>Close</Trans> : <Trans>See all options</Trans>}
          </button>
          <div id={panel} className={classes.panel}>
            {open && buttons.map(one)}
          </div>
        </>
      )}
    </div>
  );
}

function OneButton({ button, onTap }: { button: WaButton; onTap?: (() => void) | undefined }) {
  const { t } = useLingui();
  const Icon = ICONS[button.kind];
  const what = {
    quick_reply: t`quick reply`,
    reply: t`quick reply`,
    url: t`opens a link`,
    phone: t`calls a number`,
    copy_code: t`copies a code`,
  }[button.kind];
  const label = button.text || (button.kind === 'copy_code' ? t`Copy offer code` : '…');
  const inside = (
    <>
      <Icon size={17} aria-hidden style={{ flex: 'none' }} />
      <bdi>{label}</bdi>
      <VisuallyHidden>, {what}</VisuallyHidden>
    </>
  );
  if (onTap)
    return (
      <button type="button" className={classes.button} onClick={onTap} title={button.value}>
        {inside}
      </button>
    );
  return (
    <div className={classes.button}>
      <VisuallyHidden>
        <Trans>Button:</Trans>{' '}
      </VisuallyHidden>
      {inside}
    </div>
  );
}

/** A list message's button and, once opened, its choices. */
export function Menu({ menu, onRow }: { menu: WaMenu; onRow?: ((row: WaRow) => void) | undefined }) {
  const [open, setOpen] = useState(false);
  const panel = useId();
  return (
    <div className={classes.buttons}>
      <button
        type="button"
        className={classes.button}
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
      >
        <IconList size={17} aria-hidden />
        <bdi>{menu.button}</bdi>
      </button>
      <div id={panel} className={classes.panel}>
        {open &&
          menu.sections.map((section, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sections are known by their place
            <div key={index}>
              {section.title && (
                <div className={classes.section} dir="auto">
                  {section.title}
                </div>
              )}
              {section.rows.map((row) => (
                <Row key={row.id} row={row} onTap={onRow && (() => onRow(row))} />
              ))}
            </div>
          ))}
      </div>
    </div>
  );
}

function Row({ row, onTap }: { row: WaRow; onTap?: (() => void) | undefined }) {
  const inside = (
    <span dir="auto">
      {row.title}
      {row.description && <span className={classes.description}>{row.description}</span>}
    </span>
  );
  const look = `${classes.button} ${classes.choice}`;
  return onTap ? (
    <button type="button" className={look} onClick={onTap}>
      {inside}
    </button>
  ) : (
    <div className={look}>{inside}</div>
  );
}
