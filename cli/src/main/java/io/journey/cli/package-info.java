/** The {@code journey} command: one class per subcommand, errors as one sentence. */
package io.journey.cli;
