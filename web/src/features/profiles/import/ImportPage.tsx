import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Skeleton, Stack, Stepper, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useCan } from '~/api/session';
import { isAbort } from '~/api/upload';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { useKnownAttributes } from '../queries';
import { Sections } from '../Sections';
import { CheckStep } from './CheckStep';
import { FileStep } from './FileStep';
import classes from './ImportPage.module.css';
import { MapStep } from './MapStep';
import { fromPreview, type Known, OPT_INS, queryOf, readingOf, type Settings } from './mapping';
import { begin, check, type Draft, giveUp, type Preview, preview, readDraft, draft as send } from './queries';
import type { How } from './Reading';

/** `/profiles/import`: file, columns, a dry run, then the import itself, which the server goes on with. */
export function ImportPage() {
  const { t } = useLingui();
  const can = useCan();
  return (
    <>
      <PageHeader
        title={t`Import people`}
        about={t`From a CSV file. Nothing is written before you have seen what it would do.`}
      />
      <Sections />
      {can('profiles.import') ? (
        <Steps />
      ) : (
        <EmptyState icon={IconLock} title={t`Your role does not import files`}>
          <Trans>Ask an owner, admin or creator.</Trans>
        </EmptyState>
      )}
    </>
  );
}

const route = getRouteApi('/shell/profiles/import');

/** The steps; a draft that the server has is read before, so that a reload goes on where it was. */
function Steps() {
  const { draft: id } = route.useSearch();
  const navigate = route.useNavigate();
  const known = useKnownAttributes();
  // What is asked once when the page opens: from then on the page knows better.
  const [first] = useState(id);
  const draft = useQuery({
    // Not of the topic `import`: what happens to it does not read it anew, and once it is started it is no draft.
    queryKey: ['draft', first],
    queryFn: () => readDraft(first ?? ''),
    enabled: first !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  if (first !== undefined && draft.error) {
    return (
      <Stack maw={960}>
        <ProblemAlert problem={draft.error} retry={() => void draft.refetch()} />
        <Group>
          <Button component={Link} to={`/profiles/imports/${first}`} variant="default">
            <Trans>Look at the import</Trans>
          </Button>
        </Group>
      </Stack>
    );
  }
  if (known.isPending || (first !== undefined && !draft.data)) return <Waiting />;
  return (
    <Work
      known={known.data?.data ?? []}
      first={draft.data}
      keep={(draft) => void navigate({ search: { draft }, replace: true })}
    />
  );
}

function Waiting() {
  const { t } = useLingui();
  return <Skeleton height={200} maw={960} role="status" aria-label={t`Loading`} />;
}

interface WorkProps {
  known: Known;
  first: Draft | undefined;
  /** Keeps the id of the draft in the address. */
  keep: (draft: string | undefined) => void;
}

function Work({ known, first, keep }: WorkProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [step, setStep] = useState(first ? 2 : 0);
  const [file, setFile] = useState<File>();
  const [draft, setDraft] = useState(first);
  const [shown, setShown] = useState(first?.preview);
  const [settings, setSettings] = useState(first && fromDraft(first, known));
  const [result, setResult] = useState(first?.check);
  const [problem, setProblem] = useState<unknown>();
  const [sent, setSent] = useState<number>();
  const [reading, setReading] = useState(false);
  const leave = useRef<AbortController>(undefined);
  useEffect(() => () => leave.current?.abort(), []);

  const take = (file: File, shown: Preview) => {
    const columns = fromPreview(shown.columns, known);
    const consent = columns.some(({ use }) => use === 'opt_in');
    setFile(file);
    setShown(shown);
    setSettings({
      columns,
      encoding: shown.encoding === 'utf-8' ? '' : shown.encoding,
      header: shown.header,
      delimiter: shown.delimiter,
      region: settings?.region ?? '',
      optIn: consent ? 'column' : 'leave',
      source: '',
      list: settings?.list ?? '',
    });
    setStep(1);
  };
  /** What is on its way is given up when the step is left. */
  const sending = async (run: (signal: AbortSignal) => Promise<void>) => {
    leave.current?.abort();
    const control = new AbortController();
    leave.current = control;
    setProblem(undefined);
    setSent(0);
    try {
      await run(control.signal);
    } catch (error) {
      if (!isAbort(error)) setProblem(error);
    } finally {
      if (leave.current === control) setSent(undefined);
    }
  };
  const id = draft?.import.id;
  const name = file?.name ?? draft?.import.file_name;
  if (!shown || !settings || name === undefined || step === 0) {
    return (
      <Frame step={0} file={undefined}>
        <FileStep tell={take} />
      </Frame>
    );
  }
  /** Looks at the beginning of the file, read in another way; what columns of the same names become stays. */
  const read = async (how: How) => {
    setReading(true);
    setProblem(undefined);
    try {
      const query = readingOf(how);
      const next = file
        ? await preview(file, query.toString())
        : (await readDraft(id ?? '', Object.fromEntries(query))).preview;
      const fresh = fromPreview(next.columns, known);
      const names = (columns: { column: string }[]) => columns.map(({ column }) => column).join('\n');
      const same = names(fresh) === names(settings.columns);
      setShown(next);
      setSettings({
        ...settings,
        ...how,
        delimiter: next.delimiter,
        columns: same
          ? settings.columns.map((old, at) => ({ ...old, samples: fresh[at]?.samples ?? old.samples }))
          : fresh,
      });
    } catch (error) {
      setProblem(error);
    } finally {
      setReading(false);
    }
  };
  const dryRun = () => {
    setStep(2);
    setResult(undefined);
    void sending(async (signal) => {
      const query = queryOf(settings, name);
      if (id) setSent(1);
      const next = id ? await check(id, query, signal) : file && (await send(file, query, setSent, signal));
      if (!next) return;
      setDraft(next);
      setResult(next.check);
      if (!id) keep(next.import.id);
    });
  };
  const go = () =>
    void sending(async () => {
      if (!id) return;
      setSent(1);
      const job = await begin(id);
      const list = settings.list.trim() || undefined;
      void navigate({ to: '/profiles/imports/$id', params: { id: job.id }, search: { list } });
    });
  const back = () => {
    leave.current?.abort();
    setSent(undefined);
    setProblem(undefined);
    setStep(1);
  };
  const another = () => {
    if (id) void giveUp(id);
    setDraft(undefined);
    setResult(undefined);
    setProblem(undefined);
    setFile(undefined);
    keep(undefined);
    setStep(0);
  };
  return (
    <Frame step={step === 2 && result && sent !== undefined ? 3 : step} file={name}>
      {step === 1 ? (
        <MapStep
          shown={shown}
          settings={settings}
          set={setSettings}
          read={(how) => void read(how)}
          reading={reading}
          problem={problem}
          back={another}
          next={dryRun}
        />
      ) : (
        <CheckStep
          result={result}
          corrections={
            result && id
              ? { id, columns: shown.columns.map((column) => column.name), tell: setResult }
              : undefined
          }
          problem={problem}
          sent={sent}
          again={result ? go : dryRun}
          back={back}
          next={go}
        />
      )}
      <Text size="xs" c="dimmed">
        {step === 2 &&
          (id
            ? t`The server keeps the file and your corrections for a week: you can close this page and go on later.`
            : t`Keep this page open until the file is sent and checked. From then on the server has it.`)}
      </Text>
    </Frame>
  );
}

/** What was said about a draft before. */
function fromDraft({ preview, settings }: Draft, known: Known): Settings {
  return {
    columns: fromPreview(preview.columns, known).map((one, at) => ({
      ...one,
      type: one.fits.length === 1 ? one.fits[0] : one.type,
      attribute: preview.columns[at]?.guess.attribute || one.column,
    })),
    encoding: settings.encoding ?? '',
    header: preview.header,
    delimiter: preview.delimiter,
    region: settings.region ?? '',
    optIn: OPT_INS.find((one) => one === settings.opt_in) ?? 'leave',
    source: settings.source ?? '',
    list: settings.list ?? '',
  };
}

function Frame({ step, file, children }: { step: number; file: string | undefined; children: ReactNode }) {
  const { t } = useLingui();
  return (
    <Stack gap="lg" maw={960}>
      <Stepper
        active={step}
        size="sm"
        wrap={false}
        allowNextStepsSelect={false}
        aria-label={t`Steps`}
        classNames={{ stepBody: classes.stepBody }}
      >
        <Stepper.Step label={t`File`} disabled />
        <Stepper.Step label={t`Columns`} disabled />
        <Stepper.Step label={t`Check`} disabled />
        <Stepper.Step label={t`Import`} disabled />
      </Stepper>
      {file && (
        <Text size="sm" fw={500} dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {file}
        </Text>
      )}
      {children}
    </Stack>
  );
}
