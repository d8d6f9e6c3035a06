/** What users and machines do, one step at a time, when the simulation lets them. */

/** When the next step may happen. */
export type Waits =
  | { readonly for: 'nothing' }
  | { readonly for: 'time'; readonly until: number }
  /** Until nothing but heartbeats was written for so long, counted from `since` at the earliest. */
  | { readonly for: 'rest'; readonly quietMs: number; readonly since?: number };

export interface Script {
  /** What the next step waits for; undefined: there is none. */
  readonly waits: Waits | undefined;
  /** Makes the next step happen. Only called when what it waits for has come. */
  perform(): void;
}

export const noScript: Script = { waits: undefined, perform: () => {} };
