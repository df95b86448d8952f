/**
 * Prints the software bill of materials: every package of `deno.lock` with version, hash and what it needs, as CycloneDX JSON
 * (https://cyclonedx.org/docs/1.6/json/). `deno task sbom > sbom.json`
 */
import * as v from "valibot";

const packageSchema = v.object({
  integrity: v.string(),
  dependencies: v.optional(v.array(v.string()), []),
  optionalDependencies: v.optional(v.array(v.string()), []),
});
/** Subtle: strict, so that packages of another kind would be noticed, and not be left out. */
const lockSchema = v.strictObject({
  version: v.string(),
  specifiers: v.record(v.string(), v.string()),
  npm: v.record(v.string(), packageSchema),
  workspace: v.object({ dependencies: v.array(v.string()) }),
});
const configSchema = v.object({ name: v.string(), version: v.string(), license: v.string() });

type Packages = v.InferOutput<typeof lockSchema>["npm"];

interface Component {
  readonly type: "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: "SHA-512"; readonly content: string }[];
}

export interface Bom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: { readonly component: object };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** @throws {Error} when the lock is of a version or has packages that are not known here */
export function billOfMaterials(lockText: string, configText: string): Bom {
  const { npm, workspace, specifiers } = v.parse(lockSchema, JSON.parse(lockText));
  const { name, version, license } = v.parse(configSchema, JSON.parse(configText));
  const root = `${name}@${version}`;
  const direct = workspace.dependencies.map((specifier) => {
    const bare = specifier.slice("npm:".length);
    return `${bare.slice(0, bare.lastIndexOf("@"))}@${specifiers[specifier]}`;
  });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "application", "bom-ref": root, name, version, licenses: [{ license: { id: license } }] },
    },
    components: Object.entries(npm).map(([key, { integrity }]) => componentOf(key, integrity)),
    dependencies: [
      { ref: root, dependsOn: direct.map((key) => existing(key, npm)) },
      ...Object.entries(npm).map(([ref, { dependencies, optionalDependencies }]) => ({
        ref,
        dependsOn: unique([...dependencies, ...optionalDependencies].map((needed) => resolved(needed, npm))),
      })),
    ],
  };
}

/** @param key name and version, and after "_" the peers that it was resolved with */
function componentOf(key: string, integrity: string): Component {
  const [, name = "", version = ""] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
  const [, digest] = /^sha512-([A-Za-z0-9+/=]+)$/.exec(integrity) ?? [];
  if (digest === undefined) throw new SyntaxError(`Cannot list ${key}: expected a SHA-512, got "${integrity}"`);
  return {
    type: "library",
    "bom-ref": key,
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    hashes: [{ alg: "SHA-512", content: Uint8Array.fromBase64(digest).toHex() }],
  };
}

/** Subtle: two needs can be met by one package, under names of their own. */
function unique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)];
}

/** The lock names a needed package by its name where there is one version of it, and in full otherwise. */
function resolved(needed: string, npm: Packages): string {
  const named = needed.replace(/^.+@npm:/, "");
  if (npm[named] !== undefined) return named;
  return existing(
    Object.keys(npm).find((key) => key.startsWith(`${named}@`) || key.startsWith(`${named}_`)) ?? named,
    npm,
  );
}

function existing(key: string, npm: Packages): string {
  if (npm[key] !== undefined) return key;
  throw new RangeError(`Cannot list what needs "${key}": deno.lock has no such package`);
}

if (import.meta.main) {
  const [lock, config] = await Promise.all(["deno.lock", "deno.json"].map((path) => Deno.readTextFile(path)));
  console.log(JSON.stringify(billOfMaterials(lock ?? "", config ?? ""), null, 2));
}
