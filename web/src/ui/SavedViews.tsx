import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Menu, Modal, Stack, TextInput } from '@mantine/core';
import {
  IconBookmark,
  IconBookmarkFilled,
  IconCheck,
  IconDeviceFloppy,
  IconPencil,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { defaultParseSearch, defaultStringifySearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { fieldErrors } from '~/api/form';
import { ProblemAlert } from './ProblemAlert';
import { done, failed } from './toast';
import { type SavedView, useSavedViews, useViewActs, type ViewPage } from './views';

interface Props<Filter> {
  page: ViewPage;
  /** What the list is narrowed to now, as it stands in the address. */
  filter: Filter;
  choose: (filter: Filter) => void;
}

/** Filters as they stand in an address, always in the same order. */
const asQuery = (filter: object) =>
  defaultStringifySearch(
    Object.fromEntries(
      Object.entries(filter)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  );

/** Filters that one comes back to: kept under a name on the server, for oneself. */
export function SavedViews<Filter extends object>({ page, filter, choose }: Props<Filter>) {
  const { t } = useLingui();
  const { data: views = [] } = useSavedViews(page);
  const acts = useViewActs(page);
  const [naming, name] = useState<'new' | SavedView>();
  const [lastId, setLast] = useState<string>();
  const query = asQuery(filter);
  const present = views.find((view) => view.query === query);
  // It was chosen, and then a filter was changed.
  const left = present ? undefined : views.find((view) => view.id === lastId);
  const take = (view: SavedView) => {
    setLast(view.id);
    // What an address says is read by the route, this time like any other.
    choose(defaultParseSearch(view.query) as Filter);
  };
  const remove = async ({ id, name, query }: SavedView) => {
    try {
      await acts.remove(id);
      done(t`The view "${name}" is deleted.`, () => acts.create(name, query));
    } catch (problem) {
      failed(problem);
    }
  };
  const replace = async (view: SavedView) => {
    try {
      await acts.change(view.id, { query });
      done(t`"${view.name}" has these filters now.`, () => acts.change(view.id, { query: view.query }));
    } catch (problem) {
      failed(problem);
    }
  };
  return (
    <>
      <Menu position="bottom-start" width={280} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={
              present ? <IconBookmarkFilled size={16} aria-hidden /> : <IconBookmark size={16} aria-hidden />
            }
            aria-label={present && t`Saved view: ${present.name}`}
            w="fit-content"
            maw={260}
          >
            {present ? <bdi>{present.name}</bdi> : <Trans>Saved views</Trans>}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="60vh" style={{ overflowY: 'auto' }}>
          {views.map((view) => (
            <Menu.RadioItem
              key={view.id}
              value={view.id}
              checked={view === present}
              checkIcon={<IconCheck size={16} aria-hidden />}
              closeMenuOnClick
              onChange={() => take(view)}
            >
              <bdi style={{ overflowWrap: 'anywhere' }}>{view.name}</bdi>
            </Menu.RadioItem>
          ))}
          {views.length > 0 && (present || left || query !== '') && <Menu.Divider />}
          {!present && query !== '' && (
            <Menu.Item leftSection={<IconPlus size={16} aria-hidden />} onClick={() => name('new')}>
              <Trans>Save these filters</Trans>
            </Menu.Item>
          )}
          {left && query !== '' && (
            <Menu.Item
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
              onClick={() => void replace(left)}
            >
              <Trans>Change "{left.name}" to these filters</Trans>
            </Menu.Item>
          )}
          {present && (
            <>
              <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => name(present)}>
                <Trans>Rename "{present.name}"</Trans>
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={() => void remove(present)}
              >
                <Trans>Delete "{present.name}"</Trans>
              </Menu.Item>
            </>
          )}
          {views.length === 0 && query === '' && (
            <Menu.Label>
              <Trans>Choose filters, then save them here under a name.</Trans>
            </Menu.Label>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={naming !== undefined}
        onClose={() => name(undefined)}
        title={naming === 'new' ? t`Save these filters` : t`Rename the view`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        {naming && (
          <NameForm
            before={naming === 'new' ? '' : naming.name}
            save={async (text) => {
              if (naming === 'new') {
                const made = await acts.create(text, query);
                setLast(made.id);
                done(t`"${made.name}" is among your saved views.`, () => acts.remove(made.id));
              } else {
                const made = await acts.change(naming.id, { name: text });
                done(t`The view is called "${made.name}" now.`, () =>
                  acts.change(naming.id, { name: naming.name }),
                );
              }
              name(undefined);
            }}
            cancel={() => name(undefined)}
          />
        )}
      </Modal>
    </>
  );
}

interface NameProps {
  before: string;
  save: (name: string) => Promise<void>;
  cancel: () => void;
}

function NameForm({ before, save, cancel }: NameProps) {
  const { t } = useLingui();
  const [text, setText] = useState(before);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const wrong = fieldErrors(problem).name;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await save(text);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <TextInput
          label={t`Name`}
          description={t`Only you see your saved views.`}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          error={wrong}
          maxLength={100}
          autoComplete="off"
          required
          data-autofocus
        />
        {problem !== undefined && !wrong && <ProblemAlert problem={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={cancel}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={busy} disabled={text.trim() === ''}>
            <Trans>Save</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
