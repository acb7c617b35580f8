import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Time } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { StatusPill } from '~/ui/StatusPill';
import { FactorSetUp } from './FactorSetUp';
import { NewRecoveryCodes } from './NewRecoveryCodes';
import { useFactor } from './queries';
import { TurnOffFactor } from './TurnOffFactor';

/** Recovery codes that are few enough to make new ones. */
const FEW = 3;

/** Whether the sign-in asks for a code after the password, and what there is to do about it. */
export function SecondFactor() {
  const { t } = useLingui();
  const factor = useFactor();
  const [settingUp, setUp] = useDisclosure();
  const [renewing, renew] = useDisclosure();
  const [turningOff, turnOff] = useDisclosure();
  if (factor.isPending) return <Skeleton height={120} role="status" aria-label={t`Loading`} />;
  if (factor.isError) return <ProblemAlert problem={factor.error} retry={() => void factor.refetch()} />;
  const { since, recovery_codes_left: left } = factor.data;
  return (
    <Stack>
      {since ? (
        <>
          <Group gap="sm">
            <StatusPill tone="good">
              <Trans>On</Trans>
            </StatusPill>
            <Text size="sm">
              <Trans>
                since <Time at={since} full />
              </Trans>
            </Text>
          </Group>
          {left <= FEW ? (
            <Alert
              color="yellow"
              icon={<IconAlertTriangle aria-hidden />}
              title={t`Few recovery codes are left`}
            >
              <Plural
                value={left}
                _0="You have none. Make new ones, or a lost phone locks you out."
                one="You have one. Make new ones before it is used up, or a lost phone locks you out."
                other="You have #. Make new ones before they are used up, or a lost phone locks you out."
              />
            </Alert>
          ) : (
            <Text size="sm">
              <Plural value={left} one="# recovery code is left." other="# recovery codes are left." />
            </Text>
          )}
          <Group>
            <Button variant="default" onClick={renew.open}>
              <Trans>Make new recovery codes</Trans>
            </Button>
            <Button variant="default" color="red" onClick={turnOff.open}>
              <Trans>Turn it off</Trans>
            </Button>
          </Group>
        </>
      ) : (
        <>
          <Text size="sm">
            <Trans>
              With it, a password that somebody found out is not enough to sign in: after it you also type six
              digits from an authenticator app on your phone.
            </Trans>
          </Text>
          <Group>
            <Button variant="default" onClick={setUp.open}>
              <Trans>Turn it on</Trans>
            </Button>
          </Group>
        </>
      )}
      <FactorSetUp opened={settingUp} close={setUp.close} />
      <NewRecoveryCodes opened={renewing} close={renew.close} />
      <TurnOffFactor opened={turningOff} close={turnOff.close} />
    </Stack>
  );
}
