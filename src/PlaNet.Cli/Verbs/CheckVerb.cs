using System.CommandLine;
using System.Globalization;
using PlaNet.Inspection;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet check</c>: diagnostics of a run's model, for runs that do not learn.</summary>
public static class CheckVerb
{
    private const int Sequences = 16;
    private const int Horizon = 15;
    private const int ProbedEpisodes = 40;
    private const int ProbedSequences = 60;
    private static readonly int[] s_probed = [0, 1, 2, 4, 8, 12];

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("check", "Diagnose a run's model: prediction error by distance, use of the latent state, gradient norms");
        var choice = new RunModelChoice();
        choice.AddTo(verb);
        verb.SetAction((line, _) => Task.FromResult(Check(choice, line)));
        return verb;
    }

    private static int Check(RunModelChoice choice, ParseResult line)
    {
        var output = line.InvocationConfiguration.Output;
        var (trained, device) = choice.Load(line);
        using var owned = trained;
        var data = HeldOutData.Open(choice.Directory(line), trained.Experiment.Schedule, trained.State);
        if (data.Longest <= OpenLoop.DefaultContext)
        {
            throw new RunException(
                $"The longest of the {data.Episodes.Count} held-out episodes has {data.Longest} frames, but predictions need at least " +
                $"{OpenLoop.DefaultContext + 1}. Train a run with longer episodes or with more schedule.test_episodes.");
        }

        var seed = choice.Seed(line);
        var replay = trained.Experiment.Replay;
        var states = Tasks.RuleOf(trained.Experiment.Task, Tasks.DescribeAll(trained.Experiment.Task)).States;
        var batch = data.Batch(replay.BatchSize, replay.ChunkLength, seed, states);
        PrintPredictions(output, trained, data, states, device, seed);
        var (older, newest) = data.TrainingSequences(ProbedEpisodes, ProbedSequences, OpenLoop.DefaultContext + s_probed[^1]);
        if (newest.Count > 0)
        {
            PrintProbe(output, StateProbe.Measure(trained.Model, device, older, newest, seed, s_probed, observed: states));
            PrintRewards(output, RewardErrors.Measure(trained.Model, device, [.. older, .. newest], seed, s_probed, observed: states));
        }

        PrintLatents(output, LatentStatistics.Measure(trained.Model, device, batch, seed));
        PrintGradients(output, GradientNorms.Measure(trained.Model, trained.Experiment.Objective, device, batch, seed));
        return ExitCode.Success;
    }

    private static void PrintPredictions(
        TextWriter output, TrainedModel trained, HeldOutData data, IReadOnlyList<StateShape> states, torch.Device device, ulong seed)
    {
        if (trained.Model.ImageSize == 0)
        {
            return;
        }

        var horizon = Math.Min(Horizon, data.Longest - OpenLoop.DefaultContext);
        var sequences = data.Sequences(Sequences, OpenLoop.DefaultContext, horizon);
        var prediction = OpenLoop.Predict(trained.Model, device, sequences, seed, OpenLoop.DefaultContext, horizon, states);
        var meanImage = data.MeanImageErrors(prediction, trained.Model.Options.ImageBits);
        output.WriteLine();
        output.WriteLine(
            $"Open loop over {Sequences} held-out sequences, after {OpenLoop.DefaultContext} seen frames "
            + "(image errors in 1/1000 of the range squared)");
        output.WriteLine("distance  image   of mean image  reward  divergence");
        for (var i = 0; i < horizon; i++)
        {
            var errors = prediction.Errors;
            var ofMeanImage = 100 * errors.Image[i] / meanImage[i];
            output.WriteLine(Line(
                $"{i + 1,8}  {1000 * errors.Image[i],5:F2}  {ofMeanImage,12:F0} %  {errors.Reward[i],6:F3}  {errors.Divergence[i],10:F2}"));
        }
    }

    private static void PrintProbe(TextWriter output, StateProbe? probe)
    {
        if (probe is null)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine(
            "Share of the simulator's state that a linear read-out of the latent state explains in the newest training episodes, "
            + "by distance");
        PrintByDistance(output, "state", "F2", probe.Distances, [.. probe.Names.Zip(probe.Explained)]);
    }

    private static void PrintRewards(TextWriter output, RewardErrors rewards)
    {
        output.WriteLine();
        output.WriteLine(Line(
            $"Mean absolute error of the reward in the last {ProbedEpisodes} training episodes, by the real reward and by distance"));
        PrintByDistance(
            output,
            "reward",
            "F3",
            rewards.Distances,
            [.. rewards.Ranges.Select(range => (Line($"{range.Least:F2} to {range.Most:F2}"), range.Errors))]);
    }

    // NaN, where there is nothing to compare with, is a dash.
    private static void PrintByDistance(
        TextWriter output,
        string column,
        string format,
        IReadOnlyList<int> distances,
        IReadOnlyList<(string Name, IReadOnlyList<double> Values)> rows)
    {
        var width = rows.Max(row => Math.Max(column.Length, row.Name.Length));
        output.WriteLine(column.PadRight(width) + string.Concat(distances.Select(distance => Line($" {distance,7}"))));
        foreach (var (name, values) in rows)
        {
            output.WriteLine(
                name.PadRight(width)
                + string.Concat(values.Select(
                    value => $" {(double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture)),7}")));
        }
    }

    private static void PrintLatents(TextWriter output, LatentStatistics statistics)
    {
        output.WriteLine();
        output.WriteLine("Latent state, closed loop");
        output.WriteLine(Line($"divergence         {statistics.Divergence:F2} nats"));
        output.WriteLine(Line(
            $"posterior          entropy {statistics.PosteriorEntropy:F2} nats, deviation {statistics.PosteriorStddev:F3}"));
        output.WriteLine(Line($"prior              entropy {statistics.PriorEntropy:F2} nats, deviation {statistics.PriorStddev:F3}"));
        var dimensions = statistics.DimensionDivergence.Count;
        output.WriteLine(Line(
            $"stochastic part    {statistics.Collapsed} of {dimensions} dimensions carry under {LatentStatistics.CollapsedBelow} nats"));
        if (statistics.BeliefSpread.Count > 0)
        {
            var units = statistics.BeliefSpread.Count;
            output.WriteLine(Line(
                $"belief             {statistics.Inactive} of {units} units vary by less than {LatentStatistics.InactiveBelow}"));
        }

        foreach (var hint in Hints(statistics))
        {
            output.WriteLine("note: " + hint);
        }
    }

    private static IEnumerable<string> Hints(LatentStatistics statistics)
    {
        if (statistics.Collapsed == statistics.DimensionDivergence.Count)
        {
            yield return "posterior collapse: the posterior contains no information about the image. "
                + "Lower objective.divergence_scale or raise objective.free_nats.";
        }

        if (statistics.PriorStddev > 2 * statistics.PosteriorStddev)
        {
            yield return "the prior is far less certain than the posterior, so plans use blurred predictions. "
                + "Raise objective.divergence_scale or lower objective.free_nats.";
        }
    }

    private static void PrintGradients(TextWriter output, IReadOnlyList<GradientNorm> norms)
    {
        output.WriteLine();
        output.WriteLine("Gradient norms on a held-out batch, before clipping");
        var parts = norms.Select(norm => norm.Part).Distinct(StringComparer.Ordinal).ToArray();
        output.WriteLine($"{"term",-12}" + string.Concat(parts.Select(part => $"{part,12}")));
        foreach (var term in norms.GroupBy(norm => norm.Term, StringComparer.Ordinal))
        {
            output.WriteLine($"{term.Key,-12}" + string.Concat(term.Select(norm => Line($"{norm.Norm,12:G4}"))));
        }
    }

    private static string Line(FormattableString text)
    {
        return text.ToString(CultureInfo.InvariantCulture);
    }
}
