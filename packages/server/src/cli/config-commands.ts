import { printConfig } from "../config/config.ts";
import { compileRouting } from "../composition/routing.ts";
import { defineCommand } from "./command.ts";
import { readConfiguration, SERVE_OPTIONS } from "./configuration.ts";

export const configPrint = defineCommand({
  name: "config print",
  summary: "Print every setting with its value, what it accepts and where the value came from.",
  options: SERVE_OPTIONS,
  takesSettings: true,
  notes: "What it prints is a configuration file. Secrets are masked.",
  async run({ values, settings }, context) {
    const { config, sources } = readConfiguration(values, settings, context);
    context.terminal.out(printConfig(config, sources).trimEnd());
    return "OK";
  },
});

export const configCheck = defineCommand({
  name: "config check",
  summary: "Check the configuration without starting anything.",
  options: SERVE_OPTIONS,
  takesSettings: true,
  async run({ values, settings }, context) {
    const { config, sources, file } = readConfiguration(values, settings, context);
    // Reads the files that it names, too.
    compileRouting(config);
    const given = Object.values(sources).filter((source) => source !== "default").length;
    const from = file === undefined ? "no file" : file;
    const carriers = Object.keys(config.carriers).join(", ") || "the sandbox alone";
    context.terminal.out(
      `The configuration is right (${from}; ${given} settings are not the default; carriers: ${carriers}).`,
    );
    return "OK";
  },
});
