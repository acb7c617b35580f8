import { Button, Group, Text } from '@mantine/core';
import { IconFileTypeCsv, IconInbox, IconUsers } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Bulk } from '~/ui/bulk';
import { ChangedMeanwhile } from '~/ui/ChangedMeanwhile';
import { CodeBlock } from '~/ui/CodeBlock';
import { CodeInput } from '~/ui/CodeInput';
import { CopyField } from '~/ui/CopyField';
import { CurrentPassword } from '~/ui/CurrentPassword';
import { confirm } from '~/ui/confirm';
import { DataTable, type Sort } from '~/ui/DataTable';
import { EmojiButton } from '~/ui/EmojiButton';
import EmojiPicker from '~/ui/EmojiPicker';
import { EmptyState } from '~/ui/EmptyState';
import { FileDrop } from '~/ui/FileDrop';
import { Funnel } from '~/ui/Funnel';
import { Phone, Time } from '~/ui/format';
import { MediaUpload } from '~/ui/MediaUpload';
import { NewPassword } from '~/ui/NewPassword';
import { OntoList } from '~/ui/OntoList';
import { PersonPicker } from '~/ui/PersonPicker';
import { ProblemAlert } from '~/ui/ProblemAlert';
import type { Profile } from '~/ui/people';
import { QrCode } from '~/ui/QrCode';
import { RawText } from '~/ui/RawText';
import { BulkAct } from '~/ui/RunningActs';
import { Said } from '~/ui/Said';
import { SavedViews } from '~/ui/SavedViews';
import { SearchField } from '~/ui/SearchField';
import { SentMessage } from '~/ui/SentMessage';
import { ShowMore } from '~/ui/ShowMore';
import { type Source, SourceMapping } from '~/ui/SourceMapping';
import { StackBar } from '~/ui/StackBar';
import { StatusPill, type Tone } from '~/ui/StatusPill';
import { SubNav } from '~/ui/SubNav';
import { TestSend } from '~/ui/TestSend';
import { TimeSeries } from '~/ui/TimeSeries';
import { done, failed } from '~/ui/toast';
import { WaBubble } from '~/wa/WaBubble';
import { BUBBLES } from './bubbles';
import { type Line, listing, MESSAGES, refusal, silence } from './data';

const ACT: Bulk = {
  id: 'blk_1',
  act: 'add_to_list',
  state: 'finished',
  list_id: 'lst_1',
  list: 'VIP',
  total: 4_000,
  done: 4_000,
  changed: 3_900,
  created_at: Date.UTC(2026, 10, 1, 6),
};

/** A part that is told its value and tells a new one. */
function Held<T>({ of, children }: { of: T; children: (value: T, set: (value: T) => void) => ReactNode }) {
  const [value, set] = useState(of);
  return children(value, set);
}

const TONES: Tone[] = ['good', 'bad', 'warn', 'busy', 'paused', 'waiting', 'unsure'];
const JSON_TEXT = JSON.stringify({ to: '+919999900100', type: 'text', text: { body: 'Namaste' } }, null, 2);

const table = (state: Parameters<typeof listing>[0], sort?: Sort) => (
  <DataTable<Line>
    label={`Files, ${state}`}
    pages={listing(state)}
    rowKey={(row) => row.id}
    onOpen={() => {}}
    top={700}
    columns={[
      { key: 'name', title: 'File', sort, render: (row) => <bdi>{row.name}</bdi> },
      { key: 'state', title: 'State', render: (row) => <StatusPill tone="good">{row.state}</StatusPill> },
      { key: 'rows', title: 'Rows', end: true, wide: true, render: (row) => row.rows },
    ]}
    empty={<EmptyState icon={IconInbox} title="Nothing was imported yet" />}
  />
);

const LINES = [
  { key: 'sent', label: 'Accepted', color: 'var(--mantine-color-anchor)' },
  { key: 'failed', label: 'Failed', color: 'var(--mantine-color-error)', dash: '4 4' },
] as const;
const course = (apart: number) =>
  Array.from({ length: 61 }, (_, n) => ({
    at: Date.UTC(2026, 10, 1, 6) + n * apart,
    sent: Math.min(9_720, n * n * 4),
    failed: n,
  }));

const stage = (key: string, label: string, value: number) => ({
  key,
  label,
  value,
  about: `How many were ${key}.`,
  to: '/campaigns/cmp_0',
});

const person = (label: string, value: Profile | null, rest: { error?: string; disabled?: boolean }) => (
  <Held of={value}>{(now, set) => <PersonPicker label={label} value={now} onChange={set} {...rest} />}</Held>
);

const source = (name: string, value: Source | null, rest: { error?: string; disabled?: boolean }) => (
  <Held of={value as Source | null | undefined}>
    {(now, set) => <SourceMapping label="{{1}}" name={name} value={now} onChange={set} {...rest} />}
  </Held>
);

const password = (label: string, value: string, error?: string) => (
  <Held of={value}>
    {(now, set) => (
      <NewPassword label={label} value={now} onChange={(e) => set(e.currentTarget.value)} error={error} />
    )}
  </Held>
);

/** The parts by the names of their files, each with the states that it can be in. */
export const SECTIONS: Record<string, Record<string, ReactNode>> = {
  ChangedMeanwhile: {
    'by somebody known': (
      <ChangedMeanwhile
        by="Asha Rao"
        at={Date.UTC(2026, 10, 1, 6)}
        rows={[
          { key: 'name', title: 'Name', mine: 'Diwali, Pune', theirs: 'Diwali, all cities', by: 'both' },
          { key: 'starts', title: 'When it starts', mine: '', theirs: '24 Dec 2026, 18:00 IST', by: 'them' },
        ]}
        keeping="What only they changed stays theirs."
        onKeep={() => {}}
        onTake={() => {}}
      />
    ),
    'by nobody known': (
      <ChangedMeanwhile
        by={undefined}
        at={Date.UTC(2026, 10, 1, 6)}
        rows={[{ key: 'body', title: 'Body', mine: 'Namaste *{{1}}*,\nsee you', theirs: 'Hello {{1}}' }]}
        keeping="The template becomes what you wrote here."
        busy
        onKeep={() => {}}
        onTake={() => {}}
      />
    ),
  },
  CodeInput: {
    empty: (
      <Held of="">{(value, set) => <CodeInput value={value} onChange={set} onComplete={() => {}} />}</Held>
    ),
    refused: (
      <CodeInput
        label="Code, refused"
        value="123456"
        error="This code is not right."
        onChange={() => {}}
        onComplete={() => {}}
      />
    ),
  },
  CurrentPassword: {
    empty: (
      <Held of="">
        {(value, set) => (
          <CurrentPassword
            label="Current password"
            value={value}
            onChange={(e) => set(e.currentTarget.value)}
          />
        )}
      </Held>
    ),
    refused: <CurrentPassword label="A wrong password" defaultValue="not mine" error="This is not it." />,
  },
  CodeBlock: { 'as it is': <CodeBlock label="A request" value={JSON_TEXT} /> },
  CopyField: {
    plain: <CopyField label="Callback URL" value="https://harkara.example/callbacks/abc" />,
    described: (
      <CopyField label="Key" value="hk_0123456789" description="It is shown once: keep it somewhere safe." />
    ),
  },
  DataTable: {
    rows: table('rows'),
    sorted: table('rows', { on: true, toggle: () => {} }),
    loading: table('loading'),
    empty: table('empty'),
    failed: table('failed'),
    'the next page failed': table('more failed'),
  },
  EmojiButton: {
    'in a toolbar': <EmojiButton onPick={done} />,
    'beside a field': <EmojiButton variant="default" size={36} hint=" (:)" onPick={done} />,
  },
  EmojiPicker: { open: <EmojiPicker onPick={done} /> },
  EmptyState: {
    'with everything': (
      <EmptyState
        icon={IconUsers}
        title="No people yet"
        actions={<Button variant="default">Import a file</Button>}
      >
        Import a CSV file with numbers, names and consent.
      </EmptyState>
    ),
    'title alone': <EmptyState icon={IconInbox} title="Everything has been read" />,
  },
  FileDrop: {
    'a file': (
      <FileDrop
        name="A file"
        label="Choose a CSV file, or drop it here"
        about="Of any size."
        icon={IconFileTypeCsv}
        accept=".csv"
        onFile={() => {}}
      />
    ),
    'between fields, not now': (
      <FileDrop
        name="A smaller one"
        label="Choose another file, or drop it here"
        about="jpg, png, 5 MB at most."
        icon={IconFileTypeCsv}
        accept=".jpg"
        compact
        disabled
        onFile={() => {}}
      />
    ),
  },
  Funnel: {
    'a campaign that ran': (
      <Funnel
        label="How many got how far"
        whole={1000}
        of="of the people it went to"
        stages={[
          stage('sent', 'Sent', 1000),
          stage('delivered', 'Delivered', 940),
          stage('read', 'Read', 512),
          stage('failed', 'Failed', 0),
        ]}
      />
    ),
    'nobody yet': (
      <Funnel
        label="How many got how far, nobody yet"
        whole={0}
        of="of the people it went to"
        stages={[stage('sent', 'Sent', 0)]}
      />
    ),
  },
  MediaUpload: {
    'an image, from a server that nobody outside reaches': (
      <MediaUpload kind="image" name="Upload the image" onUploaded={() => {}} />
    ),
    'a document': <MediaUpload kind="document" name="Upload the document" quiet onUploaded={() => {}} />,
  },
  NewPassword: {
    empty: password('A new password', ''),
    'long enough': password('A long password', 'four plain words here'),
    refused: password('A short password', 'short', 'Use at least 10 characters.'),
  },
  OntoList: {
    'with a name that fits': (
      <OntoList who={{ ids: [] }} suggested="Diwali offer: did not read" close={() => {}} begun={() => {}} />
    ),
  },
  PersonPicker: {
    nobody: person('Who gets it', null, {}),
    refused: person('Who gets it, refused', null, { error: 'Choose a person.' }),
    disabled: person('Who gets it, not now', null, { disabled: true }),
  },
  ProblemAlert: {
    'a wrong field': <ProblemAlert problem={refusal} />,
    'no answer, another try': <ProblemAlert problem={silence} retry={() => {}} />,
    'no problem of ours': <ProblemAlert problem={new Error('x is not a function')} />,
  },
  QrCode: {
    'a link': <QrCode text="https://harkara.example" label="A QR code" />,
    larger: <QrCode text="otpauth://totp/Harkara:a?secret=A" label="A larger QR code" size={184} />,
  },
  RawText: {
    plain: <RawText label="Answer" text={JSON_TEXT} />,
    'with a status': (
      <RawText
        label="Answer with a status"
        text={JSON_TEXT}
        beside={<StatusPill tone="good">200</StatusPill>}
      />
    ),
  },
  RunningActs: {
    running: <BulkAct act={{ ...ACT, state: 'running', done: 1_200 }} />,
    'of recipients': (
      <BulkAct act={{ ...ACT, campaign_id: 'cmp_1', campaign: 'Diwali offer', matched: 310, changed: 305 }} />
    ),
    finished: <BulkAct act={ACT} />,
    failed: (
      <BulkAct
        act={{ ...ACT, act: 'opt_out', state: 'failed', problem: 'It could not go on: the disk is full.' }}
      />
    ),
  },
  Said: {
    'a sentence of the server': (
      <Text size="sm">
        <Said text="Wait for its end, or cancel it first." />
      </Text>
    ),
  },
  SavedViews: {
    'no filter': <SavedViews page="profiles" filter={{}} choose={() => {}} />,
    'a view is chosen': <SavedViews page="profiles" filter={{ consent: 'opted_out' }} choose={() => {}} />,
    'other filters': <SavedViews page="profiles" filter={{ q: 'asha' }} choose={() => {}} />,
  },
  SearchField: {
    'label in its place': <SearchField label="Search by name" value="" onChange={() => {}} />,
    'label above': (
      <SearchField label="Search" placeholder="Name or number" value="asha" onChange={() => {}} />
    ),
  },
  SentMessage: Object.fromEntries(
    Object.keys(MESSAGES).map((id) => [id.slice(4), <SentMessage key={id} id={id} />]),
  ),
  ShowMore: {
    'there is more': <ShowMore pages={{ ...listing('rows'), hasNextPage: true }} />,
    'it is on its way': (
      <ShowMore pages={{ ...listing('rows'), hasNextPage: true, isFetchingNextPage: true }} />
    ),
    'it did not come': <ShowMore pages={listing('more failed')} />,
  },
  SourceMapping: {
    'nothing yet': source('{{1}} of the first', null, {}),
    'from the profile': source(
      '{{1}} of the second',
      { from: 'attribute', name: 'city', default: 'friend' },
      {},
    ),
    'the same for all': source('{{1}} of the third', { from: 'text', text: 'Diwali' }, {}),
    refused: source('{{1}} of the fourth', null, { error: 'Choose where it comes from.' }),
    disabled: source('{{1}} of the fifth', { from: 'text', text: 'Diwali' }, { disabled: true }),
  },
  StackBar: {
    'three parts': (
      <StackBar
        label="60 read, 30 delivered, 10 failed"
        parts={[
          { key: 'read', value: 60, color: 'var(--mantine-color-brand-7)' },
          { key: 'delivered', value: 30, color: 'var(--mantine-color-blue-6)' },
          { key: 'failed', value: 10, color: 'var(--mantine-color-red-7)' },
        ]}
      />
    ),
    'nothing of a whole': <StackBar label="0 of 100" whole={100} parts={[]} />,
  },
  TimeSeries: {
    'an hour': <TimeSeries label="An hour" lines={LINES} points={course(60_000)} />,
    'a month': <TimeSeries label="A month" lines={LINES} points={course(12 * 3_600_000)} />,
    'one step': <TimeSeries label="One step" lines={LINES} points={course(10_000).slice(0, 2)} />,
  },
  StatusPill: {
    'all tones': (
      <Group gap="xs">
        {TONES.map((tone) => (
          <StatusPill key={tone} tone={tone}>
            {tone}
          </StatusPill>
        ))}
      </Group>
    ),
  },
  SubNav: {
    'three links': (
      <SubNav
        label="Kit"
        links={[
          { to: '/_kit', text: 'Here', icon: <IconUsers size={16} aria-hidden /> },
          { to: '/profiles', text: 'People', icon: <IconUsers size={16} aria-hidden /> },
          { to: '/inbox', text: 'Inbox', icon: <IconInbox size={16} aria-hidden /> },
        ]}
      />
    ),
  },
  TestSend: {
    'in a dialog': (
      <Held of={false}>
        {(opened, open) => (
          <>
            <Button variant="default" onClick={() => open(true)}>
              Send a test
            </Button>
            <TestSend
              opened={opened}
              onClose={() => open(false)}
              subject="Diwali offer"
              send={() => Promise.reject(refusal)}
            />
          </>
        )}
      </Held>
    ),
  },
  confirm: {
    'in a dialog': (
      <Group>
        <Button
          variant="default"
          onClick={() =>
            confirm({ title: 'Pause it?', children: '40 people wait.', act: 'Pause', run: async () => {} })
          }
        >
          A question
        </Button>
        <Button
          variant="default"
          onClick={() =>
            confirm({
              title: 'Delete the provider?',
              children: 'It cannot be brought back.',
              stops: ['2 campaigns stop', 'Callbacks are turned away'],
              act: 'Delete the provider',
              danger: true,
              typed: 'Shop',
              run: () => Promise.reject(refusal),
            })
          }
        >
          A dangerous one, which is refused
        </Button>
      </Group>
    ),
  },
  format: {
    Time: (
      <Text size="sm">
        <Time at={Date.UTC(2026, 10, 26, 9, 30)} /> · <Time at={Date.UTC(2026, 10, 26, 9, 30)} full />
      </Text>
    ),
    Phone: <Phone number="+919999900100" />,
  },
  toast: {
    'at the edge of the window': (
      <Group>
        <Button variant="default" onClick={() => done('The template is deleted.')}>
          Done
        </Button>
        <Button variant="default" onClick={() => done('The view is deleted.', async () => {})}>
          Done, with a way back
        </Button>
        <Button variant="default" onClick={() => failed(refusal)}>
          Failed
        </Button>
      </Group>
    ),
  },
  WaBubble: {
    ...Object.fromEntries(
      Object.entries(BUBBLES).map(([name, content]) => [
        name,
        <WaBubble key={name} content={content} time="14:05" label={name} />,
      ]),
    ),
    ...Object.fromEntries(
      (['sending', 'sent', 'delivered', 'read', 'failed', 'unknown'] as const).map((ticks) => [
        `sent by us: ${ticks}`,
        <WaBubble
          key={ticks}
          content={{ body: 'On its way.', buttons: [] }}
          direction="out"
          time="14:05"
          ticks={ticks}
          label={`Ours, ${ticks}`}
        />,
      ]),
    ),
  },
};
