// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The examples jar: {@code java -jar asap-examples.jar <name> [options]}; without a name it lists them. */
@Command(
        name = "asap-examples",
        description = "Runnable examples of ASAP for Java.",
        synopsisSubcommandLabel = "<name>",
        mixinStandardHelpOptions = true,
        subcommands = {
            Showcase.class,
            Quickstart.class,
            EchoAgent.class,
            StorageBackends.class,
            StateMigration.class,
            LongRunning.class,
            AgentFailover.class,
            FailoverWorker.class,
            GoldenAgent.class,
            TextAgent.class
        })
public final class Examples implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For the command line. */
    public Examples() {}

    /** Runs one example. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Examples())
                .setExecutionExceptionHandler(Examples::explain)
                .execute(args));
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    /** Says what went wrong in one line: whoever tries an example is not looking for a stack trace. */
    private static int explain(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
        commandLine.getErr().println(e.getClass().getSimpleName() + ": " + e.getMessage());
        return 1;
    }
}
