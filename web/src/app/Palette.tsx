import '@mantine/spotlight/styles.layer.css';
import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconSearch, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, body } from '~/api/client';
import { useCan } from '~/api/session';
import { ACTS, type Place } from './nav';

/** Goes to a page, begins something, or finds a person, from the keyboard. */
export function Palette({ places }: { places: readonly Place[] }) {
  const { t, i18n } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [search] = useDebouncedValue(query.trim(), 250);
  const people = useQuery({
    queryKey: ['profile', 'palette', search],
    queryFn: () => body(api.GET('/api/v1/profiles', { params: { query: { search, limit: 5 } } })),
    enabled: search.length >= 2 && can('profiles.read'),
  });
  const pages = places.map(({ to, label, icon: Icon }) => ({
    id: to,
    label: i18n._(label),
    leftSection: <Icon size={18} aria-hidden />,
    onClick: () => void navigate({ to }),
  }));
  const acts = ACTS.filter((act) => can(act.needs)).map(({ to, search, label, icon: Icon }) => ({
    id: `${to} new`,
    label: i18n._(label),
    leftSection: <Icon size={18} aria-hidden />,
    onClick: () => void navigate({ to, search: search as never }),
  }));
  const found = (people.data?.data ?? []).map((person) => ({
    id: person.id,
    label: person.name ?? person.identity,
    description: person.phone ?? '',
    leftSection: <IconUser size={18} aria-hidden />,
    // Found by the server: not filtered again here.
    keywords: query,
    onClick: () => void navigate({ to: '/profiles/$id', params: { id: person.id } }),
  }));
  return (
    <>
      <Tooltip label={t`Go to or find (Ctrl K)`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t`Go to or find`}
          onClick={spotlight.open}
        >
          <IconSearch size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Spotlight
        actions={[
          { group: t`Pages`, actions: pages },
          { group: t`Begin`, actions: acts },
          { group: t`People`, actions: found },
        ]}
        query={query}
        onQueryChange={setQuery}
        nothingFound={people.isFetching ? t`Searching` : t`Nothing found`}
        searchProps={{ placeholder: t`A page, a name or a number`, 'aria-label': t`Go to or find` }}
        shortcut="mod + K"
        limit={20}
        scrollable
        maxHeight="70dvh"
      />
    </>
  );
}
