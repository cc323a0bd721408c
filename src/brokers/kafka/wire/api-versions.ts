import type {Api, VersionRange} from './api.ts';

/** Error code, and the versions of each API (by key) that the server speaks. */
export interface ApiVersionsResponse {
  readonly error: number;
  readonly versions: ReadonlyMap<number, VersionRange>;
}

/** Version 0, which every server answers: what later ones add is not used here. */
export const apiVersions: Api<Record<never, never>, ApiVersionsResponse> = {
  name: 'ApiVersions',
  key: 18,
  versions: {min: 0, max: 0},
  flexibleFrom: Infinity,
  encode: () => undefined,
  decode(input) {
    const error = input.int16();
    const versions = input.array((): [number, VersionRange] => [
      input.int16(),
      {min: input.int16(), max: input.int16()},
    ]);
    return {error, versions: new Map(versions)};
  },
};
