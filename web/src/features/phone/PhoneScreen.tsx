import { Trans, useLingui } from '@lingui/react/macro';
import { Switch } from '@mantine/core';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { Phone } from '~/ui/format';
import { failed } from '~/ui/toast';
import { PhoneFrame } from '~/wa/PhoneFrame';
import { unread } from './chat';
import { handset } from './handset';
import classes from './Phone.module.css';
import { PhoneMessage } from './PhoneMessage';
import { useChat, useName, useReceipts } from './queries';
import { Write } from './Write';

interface Props {
  /** Digits. */
  person: string;
  /** Digits of the business's number. */
  business: string | undefined;
}

/** A person's phone: what arrived, and what they write. */
export function PhoneScreen({ person, business }: Props) {
  const { t } = useLingui();
  const chat = useChat(person);
  const [receipts, setReceipts] = useReceipts();
  const screen = useRef<HTMLDivElement>(null);
  const messages = chat.data?.messages ?? [];
  const known = useName(person);
  const name = known ?? `+${person}`;

  // Read by looking, as on a phone.
  const news = messages
    .filter(unread)
    .map((m) => m.n)
    .join();
  useEffect(() => {
    if (!receipts || news === '') return;
    const look = () => {
      if (document.visibilityState === 'visible') handset.read(person).catch(failed);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [receipts, news, person]);

  const last = messages.at(-1)?.n;
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows what comes
  useLayoutEffect(() => {
    screen.current?.scrollTo({ top: screen.current.scrollHeight });
  }, [last]);

  return (
    <PhoneFrame
      label={t`Simulated phone of ${name}`}
      role="log"
      height="100%"
      screenRef={screen}
      title={business ? <Phone number={`+${business}`} /> : t`Business`}
      about={t`on the phone of ${name}`}
      actions={
        <span className={classes.ribbon}>
          <Trans>Simulated</Trans>
        </span>
      }
      foot={
        <>
          <Write person={person} name={known} />
          <div className={classes.receipts}>
            <Switch
              size="xs"
              checked={receipts}
              onChange={(e) => setReceipts(e.currentTarget.checked)}
              label={t`Read receipts`}
              styles={{ label: { color: 'var(--wa-text)' } }}
            />
          </div>
        </>
      }
    >
      <div className={classes.chat}>
        {messages.length === 0 && chat.isSuccess && (
          <div className={classes.empty}>
            <Trans>Nothing here yet. Write to the business, or send this person a campaign.</Trans>
          </div>
        )}
        {messages.map((message) => (
          <PhoneMessage key={message.n} message={message} person={person} />
        ))}
      </div>
    </PhoneFrame>
  );
}
