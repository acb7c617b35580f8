import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Loader, Stack, Text } from '@mantine/core';
import { IconFileTypeCsv } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { FileDrop } from '~/ui/FileDrop';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { type Preview, preview } from './queries';

interface Props {
  tell: (file: File, shown: Preview) => void;
}

/** Chooses the file; its beginning is looked at by the server. */
export function FileStep({ tell }: Props) {
  const { t } = useLingui();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const take = async (file: File) => {
    setBusy(true);
    setProblem(undefined);
    try {
      tell(file, await preview(file, ''));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack>
      <FileDrop
        name={t`File`}
        label={<Trans>Choose a CSV file, or drop it here</Trans>}
        about={
          <Trans>
            Of any size, as your spreadsheet saves it. How it is read is guessed, and you can change it.
          </Trans>
        }
        icon={IconFileTypeCsv}
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        disabled={busy}
        onFile={(file) => void take(file)}
      >
        {busy && <Loader size="sm" role="img" aria-label={t`Looking at the file`} />}
      </FileDrop>
      {problem !== undefined && <ProblemAlert problem={problem} />}
      <Sample />
    </Stack>
  );
}

const SAMPLE = [
  'phone,name,customer_id,opt_in,city,orders',
  '+919999900001,Asha,C-1001,yes,Pune,3',
  '+919999900002,Ravi,C-1002,no,Delhi,1',
  '',
].join('\r\n');

function Sample() {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([SAMPLE], { type: 'text/csv' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, []);
  return (
    <Text size="sm">
      <Trans>
        Not sure how it should look?{' '}
        <Anchor href={url} download="people.csv" inherit>
          Download a sample file
        </Anchor>
      </Trans>
    </Text>
  );
}
