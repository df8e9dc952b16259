using BenchmarkDotNet.Running;
using PlaNet.Benchmarks.Planning;

if (args is ["planners", .. var rest])
{
    // What planners find rather than how fast they are: no need for BenchmarkDotNet.
    return PlannerQuality.Run(rest, Console.Out);
}

if (args is ["isolation", .. var choice])
{
    // Several arrangements take turns, so that their ratios hold on a busy machine.
    return PlaNet.Benchmarks.IsolationThroughput.Run(choice, Console.Out);
}

if (args is ["stores", .. var store])
{
    // Single claims are timed, because the slow ones count; and a store need not be asked for minutes.
    return await PlaNet.Benchmarks.GridStoreTimes.RunAsync(store, Console.Out).ConfigureAwait(false);
}

if (args is ["coordinator"])
{
    await PlaNet.Benchmarks.GridCoordinatorTimes.RunAsync(Console.Out).ConfigureAwait(false);
    return 0;
}

if (args is ["transfer", .. var transfer])
{
    // Five processes of this program that form a cluster, and how long its heartbeats wait: nothing to repeat by itself.
    return await PlaNet.Benchmarks.TransferTimes.RunAsync(transfer, Console.Out);
}

BenchmarkSwitcher.FromAssembly(typeof(PlaNet.Benchmarks.LearningBenchmarks).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args);
return 0;
