import { Trans, useLingui } from '@lingui/react/macro';
import { IconDiscount, IconMessageQuestion, IconShoppingBag, IconUser } from '@tabler/icons-react';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useFormat } from '~/ui/format';
import classes from './Bubble.module.css';
import { Buttons, Menu } from './Buttons';
import type { WaButton, WaContent, WaOffer, WaRow, WaSpecial, WaTicks } from './content';
import { Header } from './Header';
import { type Scheme, useScheme } from './scheme';
import { Ticks } from './Ticks';
import { WaText } from './WaText';

interface Props {
  content: WaContent;
  /** As whoever holds the screen sees it: `in` came to them and stands at the start, `out` they sent. */
  direction?: 'in' | 'out';
  /** When, as it is to be shown. */
  time?: ReactNode;
  ticks?: WaTicks | undefined;
  /** Marketing texts are cut after five lines, as phones do. */
  marketing?: boolean;
  /** Links in the text can be followed. */
  links?: boolean;
  /** Makes the buttons real. Buttons of a carousel come with their card's index. */
  onButton?: (button: WaButton, index: number, card?: number) => void;
  onRow?: (row: WaRow) => void;
  /** Light or dark; as the frame around it, or as the dashboard, when not given. */
  scheme?: Scheme;
  /** Names it for screen readers, such as "Preview of the message". */
  label?: string;
}

/** One message, as a phone shows it. It fetches nothing and knows nothing but its content. */
export function WaBubble(props: Props) {
  const { content, direction = 'in', time, ticks, marketing = false, links = false, onButton, onRow } = props;
  const { t } = useLingui();
  const scheme = useScheme(props.scheme);
  const { header, body, footer, buttons, menu, offer, cards, special } = content;
  const wide =
    buttons.length > 0 || Boolean(menu || offer) || header?.type === 'location' || header?.type === 'media';
  return (
    <article
      className={`${classes.row} ${scheme}`}
      data-direction={direction}
      data-wide={wide || undefined}
      aria-label={props.label ?? (direction === 'in' ? t`Received message` : t`Sent message`)}
    >
      <div className={classes.bubble}>
        {header && <Header header={header} />}
        {offer && <Offer offer={offer} />}
        <div className={classes.inner}>
          {special && <Special special={special} />}
          {body && (marketing ? <Cut text={body} links={links} /> : <WaText text={body} links={links} />)}
          {footer && (
            <div className={classes.footer} dir="auto">
              {footer}
            </div>
          )}
          {(time !== undefined || ticks) && (
            <div className={classes.meta}>
              {time}
              {ticks && <Ticks ticks={ticks} />}
            </div>
          )}
        </div>
        {buttons.length > 0 && <Buttons buttons={buttons} onButton={onButton} />}
        {menu && <Menu menu={menu} onRow={onRow} />}
      </div>
      {cards && cards.length > 0 && (
        <section
          className={classes.cards}
          aria-label={t`Cards`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
        >
          {cards.map((card, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cards are known by their place
            <article key={n} className={classes.card} aria-label={t`Card ${n + 1}`}>
              {card.header && <Header header={card.header} />}
              {card.body && (
                <div className={classes.inner}>
                  <WaText text={card.body} links={links} />
                </div>
              )}
              {card.buttons.length > 0 && (
                <Buttons
                  buttons={card.buttons}
                  onButton={onButton && ((button, index) => onButton(button, index, n))}
                />
              )}
            </article>
          ))}
        </section>
      )}
    </article>
  );
}

/** A text that is cut after five lines until it is opened. */
function Cut({ text, links }: { text: string; links: boolean }) {
  const [open, setOpen] = useState(false);
  const [long, setLong] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has another height
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || open) return;
    const measure = () => setLong(element.scrollHeight > element.clientHeight + 2);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [text, open]);
  return (
    <>
      <div ref={box} className={open ? undefined : classes.cut}>
        <WaText text={text} links={links} />
      </div>
      {long && (
        <button type="button" className={classes.more} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? <Trans>Read less</Trans> : <Trans>Read more</Trans>}
        </button>
      )}
    </>
  );
}

function Offer({ offer }: { offer: WaOffer }) {
  const format = useFormat();
  const end = offer.endsAt === undefined ? undefined : format.full(offer.endsAt);
  return (
    <div className={classes.offer}>
      <IconDiscount size={24} aria-hidden style={{ flex: 'none' }} />
      <div>
        <strong dir="auto">{offer.text}</strong>
        {offer.ends && <div>{end ? <Trans>Ends {end}</Trans> : <Trans>Shows when it ends</Trans>}</div>}
        {offer.code && (
          <div>
            <Trans>
              Code <bdi>{offer.code}</bdi>
            </Trans>
          </div>
        )}
      </div>
    </div>
  );
}

function Special({ special }: { special: WaSpecial }) {
  const { t } = useLingui();
  switch (special.kind) {
    case 'contacts':
      return (
        <>
          {special.contacts.length === 0 && (
            <div className={classes.special}>
              <IconUser size={20} aria-hidden />
              <Trans>Contact</Trans>
            </div>
          )}
          {special.contacts.map((contact) => (
            <div key={`${contact.name} ${contact.phone}`} className={classes.special}>
              <IconUser size={20} aria-hidden />
              <span>
                <bdi>{contact.name || <Trans>Contact</Trans>}</bdi>
                {contact.phone && (
                  <bdi dir="ltr" className={classes.description}>
                    {contact.phone}
                  </bdi>
                )}
              </span>
            </div>
          ))}
        </>
      );
    case 'reaction':
      return special.emoji ? t`Reacted with ${special.emoji}` : <Trans>Took a reaction back</Trans>;
    case 'order':
      return (
        <div className={classes.special}>
          <IconShoppingBag size={20} aria-hidden />
          <Trans>An order from the catalogue</Trans>
        </div>
      );
    case 'other':
      return (
        <div className={classes.special}>
          <IconMessageQuestion size={20} aria-hidden />
          {special.name ? (
            <Trans>
              A message of the kind "<bdi>{special.name}</bdi>" that cannot be shown here
            </Trans>
          ) : (
            <Trans>What it said can no longer be told</Trans>
          )}
        </div>
      );
  }
}
