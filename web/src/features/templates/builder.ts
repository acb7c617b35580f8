import { createContext, useContext } from 'react';
import type { Form, Template } from './form';
import type { Carrier } from './queries';

export interface Builder {
  form: Form;
  /** Changes fields; with a function, from what they are by then. */
  patch: (change: Partial<Form> | ((form: Form) => Partial<Form>)) => void;
  saved: Template | undefined;
  carrier: Carrier | undefined;
  /** What is wrong with a field, by its pointer such as `/content/body`; what is only not done yet is not told. */
  problem: (pointer: string) => string | undefined;
}

export const BuilderContext = createContext<Builder | undefined>(undefined);

/** The template that is being written. */
export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error('not inside a builder');
  return builder;
}
