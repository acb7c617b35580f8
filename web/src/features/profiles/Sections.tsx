import { Trans, useLingui } from '@lingui/react/macro';
import { IconFileImport, IconListDetails, IconUsers } from '@tabler/icons-react';
import { SubNav } from '~/ui/SubNav';

/** People, the lists that they are on, and the files that they came from. */
export function Sections() {
  const { t } = useLingui();
  return (
    <SubNav
      label={t`Profiles`}
      links={[
        { to: '/profiles', text: <Trans>People</Trans>, icon: <IconUsers size={16} aria-hidden /> },
        {
          to: '/profiles/lists',
          text: <Trans>Lists</Trans>,
          icon: <IconListDetails size={16} aria-hidden />,
        },
        {
          to: '/profiles/imports',
          text: <Trans>Imports</Trans>,
          icon: <IconFileImport size={16} aria-hidden />,
          within: '/profiles/import',
        },
      ]}
    />
  );
}
