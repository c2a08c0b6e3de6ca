import { isComponentError, runTask, runWorkflow, type WorkflowInput } from "@posthorn/component";
import { extname } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { CliError } from "./cli-error.ts";
import { defineCommand } from "./command.ts";
import { clientOf, CONNECTION_OPTIONS, connectionOf } from "./connection.ts";
import type { ExitName } from "./exit-codes.ts";
import { REJECTED_GROUP_ID } from "./send-batches.ts";
import type { Terminal } from "./terminal.ts";
import { readTextFile } from "./text-file.ts";

/** A workflow is written by hand; the texts that it sends come in as inputs. */
const FILE_BYTES_MAX = 1_048_576;

export const run = defineCommand({
  name: "run",
  summary: "Run a workflow file, or a single task, of the component infobip/v1.",
  positionals: ["FILE"],
  options: {
    input: { kind: "list", value: "NAME=VALUE", description: "A workflow input, read as its declared type." },
    "run-id": { kind: "text", value: "ID", description: "Names this run: the same again sends nothing twice." },
    json: { kind: "flag", description: "Print the outputs as JSON only." },
    ...CONNECTION_OPTIONS,
  },
  notes:
    "FILE is JSON or YAML, of at most 1 MiB; - reads it from stdin. Example:\n  posthorn run examples/order-shipped.yaml --input phone=447700900000",
  async run({ values, positionals }, context) {
    const { terminal } = context;
    const file = positionals[0] as string;
    const document = parseDocument(await readFile(file, terminal), file);
    const inputs = readInputs(values.input, document);
    const client = clientOf(connectionOf(values, context), terminal);
    const options = { client, runId: values["run-id"], signal: context.stopSignal() };
    if (!isWorkflow(document)) {
      const output = await runTask(document, { ...options, data: inputs });
      terminal.out(JSON.stringify(output, null, 2));
      return exitOf([output]);
    }
    try {
      const onStep = ({ name, output }: { readonly name: string; readonly output: unknown }) => {
        if (!values.json) terminal.out(`${name}\n${JSON.stringify(output, null, 2)}`);
      };
      const result = await runWorkflow(document, { ...options, inputs, onStep });
      if (values.json) terminal.out(JSON.stringify(result, null, 2));
      else if (Object.keys(result.outputs).length > 0)
        terminal.out(`outputs\n${JSON.stringify(result.outputs, null, 2)}`);
      return exitOf(Object.values(result.steps));
    } catch (error) {
      if (isComponentError(error) && values["run-id"] === undefined && hasSent(error.completedSteps)) {
        terminal.err("Earlier tasks were done: running again sends them again. With --run-id it would not.");
      }
      throw error;
    }
  },
});

function hasSent(completedSteps: Readonly<Record<string, unknown>> | undefined): boolean {
  return Object.keys(completedSteps ?? {}).length > 0;
}

async function readFile(file: string, terminal: Pick<Terminal, "readInput">): Promise<string> {
  return file === "-" ? await terminal.readInput(FILE_BYTES_MAX) : readTextFile(file, FILE_BYTES_MAX);
}

function parseDocument(text: string, file: string): unknown {
  try {
    // JSON is YAML as well; its own parser tells better what is wrong with it.
    return extname(file).toLowerCase() === ".json" ? JSON.parse(text) : parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof YAMLParseError)) throw error;
    const kind = error instanceof SyntaxError ? "JSON" : "YAML";
    throw new CliError("USAGE", `${file} is no ${kind}: ${error.message.trimEnd()}`, { cause: error });
  }
}

function isWorkflow(document: unknown): document is { readonly inputs?: unknown } {
  // What is neither goes to the workflow runner, whose complaint names the missing tasks.
  return typeof document !== "object" || document === null || "tasks" in document || !("type" in document);
}

/** Values by the type that the workflow declares; texts where it declares none. */
function readInputs(assignments: readonly string[], document: unknown): Record<string, unknown> {
  const declared = new Map(declaredInputs(document).map((input) => [input.name, input.type]));
  const inputs: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
    if (name === undefined || text === undefined) {
      throw new CliError("USAGE", `--input takes NAME=VALUE; got ${JSON.stringify(assignment)}`);
    }
    inputs[name] = valueOfType(declared.get(name), text);
  }
  return inputs;
}

function declaredInputs(document: unknown): readonly WorkflowInput[] {
  const inputs = isWorkflow(document) ? (document as { readonly inputs?: unknown } | null)?.inputs : undefined;
  if (!Array.isArray(inputs)) return [];
  return inputs.filter((input) => typeof input === "object" && input !== null) as WorkflowInput[];
}

const TYPES_READ_AS_JSON: ReadonlySet<unknown> = new Set(["integer", "number", "boolean", "array", "object"]);

/** What is not of its type stays text, and the runner says what it should be. */
function valueOfType(type: unknown, text: string): unknown {
  if (!TYPES_READ_AS_JSON.has(typeof type === "string" ? type.toLowerCase() : type)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A rejected message is no error of the API; whoever runs a script wants to know all the same. */
function exitOf(outputs: readonly unknown[]): ExitName {
  return outputs.some((output) => statusesOf(output).some((status) => status?.groupId === REJECTED_GROUP_ID))
    ? "REJECTED"
    : "OK";
}

interface Answer {
  readonly status?: { readonly groupId?: number };
}

function statusesOf(output: unknown): readonly Answer["status"][] {
  const { messages, status } = output as Answer & { readonly messages?: readonly Answer[] };
  return messages === undefined ? [status] : messages.map((message) => message.status);
}
