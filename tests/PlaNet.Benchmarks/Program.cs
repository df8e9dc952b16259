using BenchmarkDotNet.Running;
using PlaNet.Benchmarks.Planning;

if (args is ["planners", .. var rest])
{
    // Measures quality rather than speed, and so needs no BenchmarkDotNet.
    return PlannerQuality.Run(rest, Console.Out);
}

if (args is ["isolation", .. var choice])
{
    // The variants take turns, so that their ratios are valid on a busy machine.
    return PlaNet.Benchmarks.IsolationThroughput.Run(choice, Console.Out);
}

if (args is ["stores", .. var store])
{
    // Single claims are timed, because the slow ones matter; BenchmarkDotNet reports means.
    return await PlaNet.Benchmarks.GridStoreTimes.RunAsync(store, Console.Out).ConfigureAwait(false);
}

if (args is ["coordinator"])
{
    await PlaNet.Benchmarks.GridCoordinatorTimes.RunAsync(Console.Out).ConfigureAwait(false);
    return 0;
}

if (args is ["transfer", .. var transfer])
{
    // Five processes of this program form a cluster: BenchmarkDotNet cannot repeat that.
    return await PlaNet.Benchmarks.TransferTimes.RunAsync(transfer, Console.Out);
}

if (args is ["learning", .. var learning])
{
    // What is learnt in a given time, not how long something takes.
    return PlaNet.Benchmarks.OfflineLearning.Run(learning, Console.Out);
}

if (args is ["tensorboard", .. var run])
{
    // Parts of a run, whose sum is compared with the run.
    return PlaNet.Benchmarks.EventFileCost.Run(run, Console.Out);
}

if (args is ["soak", .. var soak])
{
    // Not a benchmark either, but it needs the command and minutes, too.
    return await PlaNet.Benchmarks.Soak.RunAsync(soak, Console.Out);
}

BenchmarkSwitcher.FromAssembly(typeof(PlaNet.Benchmarks.LearningBenchmarks).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args);
return 0;
