using System.CommandLine;
using System.Globalization;
using PlaNet.Inspection;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Results;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet check</c>: the figures one looks at when learning stalls.</summary>
public static class CheckVerb
{
    private const int Sequences = 16;
    private const int Horizon = 15;

    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("check", "Look into a run's model: prediction by distance, use of the latent state, gradients");
        var chosen = new RunModel();
        chosen.AddTo(verb);
        verb.SetAction((line, _) => Task.FromResult(Check(chosen, line)));
        return verb;
    }

    private static int Check(RunModel chosen, ParseResult line)
    {
        var output = line.InvocationConfiguration.Output;
        var (trained, device) = chosen.Load(line);
        using var owned = trained;
        var data = HeldOutData.Open(chosen.Directory(line), trained.State);
        var seed = chosen.Seed(line);
        PrintPredictions(output, trained, data, device, seed);
        var replay = trained.Experiment.Replay;
        var batch = data.Batch(replay.BatchSize, replay.ChunkLength, seed);
        PrintLatents(output, LatentStatistics.Measure(trained.Model, device, batch, seed));
        PrintGradients(output, GradientNorms.Measure(trained.Model, trained.Experiment.Objective, device, batch, seed));
        return ExitCode.Success;
    }

    private static void PrintPredictions(TextWriter output, TrainedModel trained, HeldOutData data, torch.Device device, ulong seed)
    {
        var horizon = Math.Min(Horizon, data.Episodes.Min(episode => episode.Length) - OpenLoop.DefaultContext);
        var sequences = data.Sequences(Sequences, OpenLoop.DefaultContext + horizon);
        var prediction = OpenLoop.Predict(trained.Model, device, sequences, seed, OpenLoop.DefaultContext, horizon);
        var meanImage = data.MeanImageErrors(prediction, trained.Model.Options.ImageBits);
        output.WriteLine();
        output.WriteLine($"Open loop over {Sequences} held-out sequences, after {OpenLoop.DefaultContext} seen frames (image errors in 1/1000 of the range squared)");
        output.WriteLine("distance  image   of mean image  reward  divergence");
        for (var i = 0; i < horizon; i++)
        {
            output.WriteLine(Line(
                $"{i + 1,8}  {1000 * prediction.Errors.Image[i],5:F2}  {100 * prediction.Errors.Image[i] / meanImage[i],12:F0} %  {prediction.Errors.Reward[i],6:F3}  {prediction.Errors.Divergence[i],10:F2}"));
        }
    }

    private static void PrintLatents(TextWriter output, LatentStatistics statistics)
    {
        output.WriteLine();
        output.WriteLine("Latent state, closed loop");
        output.WriteLine(Line($"divergence         {statistics.Divergence:F2} nats"));
        output.WriteLine(Line($"posterior          entropy {statistics.PosteriorEntropy:F2} nats, deviation {statistics.PosteriorStddev:F3}"));
        output.WriteLine(Line($"prior              entropy {statistics.PriorEntropy:F2} nats, deviation {statistics.PriorStddev:F3}"));
        output.WriteLine(Line(
            $"stochastic part    {statistics.Collapsed} of {statistics.DimensionDivergence.Count} dimensions carry under {LatentStatistics.CollapsedBelow} nats"));
        if (statistics.BeliefSpread.Count > 0)
        {
            output.WriteLine(Line($"belief             {statistics.Still} of {statistics.BeliefSpread.Count} units vary by less than {LatentStatistics.StillBelow}"));
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
            yield return "the posterior carries nothing of the image: lower objective.divergence_scale or raise objective.free_nats.";
        }

        if (statistics.PriorStddev > 2 * statistics.PosteriorStddev)
        {
            yield return "the prior is far less certain than the posterior: plans rest on blurred predictions; raise objective.divergence_scale or lower objective.free_nats.";
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
