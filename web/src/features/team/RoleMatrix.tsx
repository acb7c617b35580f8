import { Trans, useLingui } from '@lingui/react/macro';
import { Skeleton, Table, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { Fragment } from 'react';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { byArea, useAreas, usePermissionWords } from '~/ui/permissions';
import { useRoleNames } from '~/ui/roles';
import { usePermissions, useRoles } from './queries';
import classes from './RoleMatrix.module.css';
import { useRoleAbout } from './roles';

/** What each role may do, as the server enforces it. */
export function RoleMatrix() {
  const { t } = useLingui();
  const names = useRoleNames();
  const about = useRoleAbout();
  const words = usePermissionWords();
  const areas = useAreas();
  const roles = useRoles();
  const permissions = usePermissions();
  const problem = roles.error ?? permissions.error;
  if (problem) {
    return (
      <ProblemAlert
        problem={problem}
        retry={() => {
          void roles.refetch();
          void permissions.refetch();
        }}
      />
    );
  }
  if (!roles.data || !permissions.data)
    return <Skeleton height={300} role="status" aria-label={t`Loading`} />;
  const columns = roles.data.data;
  const label = t`What the roles may do`;
  return (
    <section
      className={classes.scroll}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <Table verticalSpacing={6} aria-label={label} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.first}>
              <Trans>May</Trans>
            </Table.Th>
            {columns.map(({ role, about: said }) => (
              <Table.Th key={role} className={classes.role}>
                <Tooltip label={about(role, said)} multiline maw={280}>
                  <span>{names[role] ?? role}</span>
                </Tooltip>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {byArea(permissions.data.data, areas).map((area) => (
            <Fragment key={area.key}>
              <Table.Tr className={classes.area}>
                <Table.Th scope="colgroup" colSpan={columns.length + 1}>
                  {area.name}
                </Table.Th>
              </Table.Tr>
              {area.permissions.map((p) => (
                <Table.Tr key={p.permission}>
                  <Table.Th scope="row" className={classes.first} fw={400}>
                    <Text size="sm">{words(p.permission, p.about)}</Text>
                  </Table.Th>
                  {columns.map(({ role }) => (
                    <Table.Td key={role} className={classes.role}>
                      {p.roles.includes(role) ? (
                        <IconCheck size={18} role="img" aria-label={t`yes`} className={classes.yes} />
                      ) : (
                        <IconMinus size={18} role="img" aria-label={t`no`} className={classes.no} />
                      )}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
