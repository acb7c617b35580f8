import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './SubNav.module.css';

interface Props {
  label: string;
  /** `within`: how the paths begin where one is still at this link. */
  links: { to: string; text: ReactNode; icon: ReactNode; within?: string }[];
}

/** Pages that belong together, as a row of links. */
export function SubNav({ label, links }: Props) {
  const { pathname } = useLocation();
  return (
    <nav aria-label={label} className={classes.row}>
      {links.map(({ to, text, icon, within }) => (
        <Link
          key={to}
          to={to}
          className={classes.link}
          activeOptions={{ exact: true, includeSearch: false }}
          data-within={(within !== undefined && pathname.startsWith(within)) || undefined}
        >
          {icon}
          {text}
        </Link>
      ))}
    </nav>
  );
}
