import { Trans, useLingui } from '@lingui/react/macro';
import { Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDeviceMobile, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { startQuery, useCan } from '~/api/session';
import { EmptyState } from '~/ui/EmptyState';
import { Phone, Time } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { plain } from '~/wa/parse';
import { Controls } from './Controls';
import { PersonSelect } from './PersonSelect';
import classes from './Phone.module.css';
import { PhoneScreen } from './PhoneScreen';
import { useCustomers, useHandsetLive, usePerson } from './queries';

/** The phone with its people beside it. */
export function PhonePage() {
  const { t } = useLingui();
  const can = useCan();
  const { data: start } = useQuery(startQuery);
  const there = Boolean(start?.handset) && can('handset.use');
  return (
    <>
      <PageHeader
        title={t`Simulated phone`}
        about={t`What your customers would see and answer. Nothing leaves this server.`}
        actions={there && <Controls labelled />}
      />
      {start && !there ? (
        <EmptyState icon={IconDeviceMobile} title={<Trans>There is no simulated phone here</Trans>}>
          <Trans>It belongs to the demo: start the server with "harkara demo" to have one.</Trans>
        </EmptyState>
      ) : (
        there && <Desk />
      )}
    </>
  );
}

function Desk() {
  const { t } = useLingui();
  useHandsetLive();
  const { person, choose, business } = usePerson();
  const [typed, setTyped] = useState('');
  const [query] = useDebouncedValue(typed.trim(), 250);
  const customers = useCustomers(query);
  return (
    <div className={classes.page}>
      <div className={classes.people}>
        <TextInput
          type="search"
          aria-label={t`Find a person`}
          placeholder={t`Find a person`}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(e) => setTyped(e.currentTarget.value)}
          mb="xs"
        />
        {customers.isError && (
          <ProblemAlert problem={customers.error} retry={() => void customers.refetch()} />
        )}
        {customers.data?.customers.map((one) => (
          <UnstyledButton
            key={one.customer}
            className={classes.person}
            aria-pressed={one.customer === person}
            onClick={() => choose(one.customer)}
          >
            <Text size="sm" fw={600} truncate component="div" style={{ display: 'flex', gap: 8 }}>
              <span style={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis' }} dir="auto">
                {one.name || <Phone number={`+${one.customer}`} />}
              </span>
              {one.at ? (
                <Text size="xs" c="dimmed" component="span">
                  <Time at={one.at} />
                </Text>
              ) : null}
            </Text>
            <Text size="xs" c="dimmed" truncate dir="auto">
              {one.last ? plain(one.last) : <Phone number={`+${one.customer}`} />}
            </Text>
          </UnstyledButton>
        ))}
        {customers.data?.customers.length === 0 && (
          <Text size="sm" c="dimmed">
            <Trans>Nobody here yet. Choose a number above the phone.</Trans>
          </Text>
        )}
      </div>
      <div style={{ display: 'flex', flexDirection: 'column', gap: 8, minHeight: 0 }}>
        <PersonSelect person={person} choose={choose} />
        <div className={classes.phone}>
          {person && <PhoneScreen key={person} person={person} business={business} />}
        </div>
      </div>
    </div>
  );
}
