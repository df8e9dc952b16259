using PlaNet.Cli;

Console.SetOut(GuardedWriter.ForResults(Console.Out));
Console.SetError(GuardedWriter.ForErrors(Console.Error));
using var interruption = new Interruption();
return ProcessEnd.Exit(
    await CommandLineHost.RunAsync(args, Console.Out, Console.Error, interruption.Token, interruption.AtOnce).ConfigureAwait(false));
