using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(PlaNet.Benchmarks.LearningBenchmarks).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args);
