import { Trans, useLingui } from '@lingui/react/macro';
import { Stack, Stepper, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useCan } from '~/api/session';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';
import { Sections } from '../Sections';
import { CheckStep } from './CheckStep';
import { FileStep } from './FileStep';
import classes from './ImportPage.module.css';
import { MapStep } from './MapStep';
import { fromPreview, queryOf, type Settings } from './mapping';
import { begin, type Check, check, type Preview } from './queries';
import { isAbort } from './upload';

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

interface Chosen {
  file: File;
  shown: Preview;
}

function Steps() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [step, setStep] = useState(0);
  const [chosen, setChosen] = useState<Chosen>();
  const [settings, setSettings] = useState<Settings>();
  const [result, setResult] = useState<Check>();
  const [problem, setProblem] = useState<unknown>();
  const [sent, setSent] = useState<number>();
  const leave = useRef<AbortController>(undefined);
  useEffect(() => () => leave.current?.abort(), []);

  const take = (file: File, shown: Preview) => {
    const columns = fromPreview(shown.columns);
    const consent = columns.some(({ use }) => use === 'opt_in');
    setChosen({ file, shown });
    setSettings({
      columns,
      delimiter: shown.delimiter,
      region: settings?.region ?? '',
      optIn: consent ? 'column' : 'leave',
      source: '',
      list: settings?.list ?? '',
    });
    setStep(1);
  };
  /** Sends the file; what is on its way is given up when the step is left. */
  const sending = async (run: (progress: (share: number) => void, signal: AbortSignal) => Promise<void>) => {
    leave.current?.abort();
    const control = new AbortController();
    leave.current = control;
    setProblem(undefined);
    setSent(0);
    try {
      await run(setSent, control.signal);
    } catch (error) {
      if (!isAbort(error)) setProblem(error);
    } finally {
      if (leave.current === control) setSent(undefined);
    }
  };
  if (!chosen || !settings || step === 0) {
    return (
      <Frame step={0} file={undefined}>
        <FileStep tell={take} />
      </Frame>
    );
  }
  const { file, shown } = chosen;
  const dryRun = () => {
    setStep(2);
    setResult(undefined);
    void sending(async (progress, signal) => {
      setResult(await check(file, queryOf(settings, file.name), progress, signal));
    });
  };
  const go = () =>
    void sending(async (progress, signal) => {
      const job = await begin(file, queryOf(settings, file.name), progress, signal);
      const list = settings.list.trim() || undefined;
      void navigate({ to: '/profiles/imports/$id', params: { id: job.id }, search: { list } });
    });
  const back = () => {
    leave.current?.abort();
    setSent(undefined);
    setProblem(undefined);
    setStep(1);
  };
  return (
    <Frame step={step === 2 && result && sent !== undefined ? 3 : step} file={file.name}>
      {step === 1 ? (
        <MapStep shown={shown} settings={settings} set={setSettings} back={() => setStep(0)} next={dryRun} />
      ) : (
        <CheckStep
          result={result}
          problem={problem}
          sent={sent}
          again={result ? go : dryRun}
          back={back}
          next={go}
        />
      )}
      <Text size="xs" c="dimmed">
        {step === 2 &&
          t`Keep this page open until the file is sent. From then on the server goes on by itself.`}
      </Text>
    </Frame>
  );
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
