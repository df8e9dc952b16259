using System.CommandLine;
using System.Globalization;
using System.Text;
using PlaNet.Common;
using PlaNet.Inspection;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet predict</c>: compares a run's open-loop predictions with held-out episodes.</summary>
public static class PredictVerb
{
    private const int MostSequences = 1000;

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("predict", "Predict held-out episodes open loop: video, image and errors by distance");
        var choice = new RunModelChoice();
        var context = new Option<int>("--context")
        {
            Description = "Frames that the model sees before it predicts",
            HelpName = "N",
            DefaultValueFactory = _ => OpenLoop.DefaultContext,
        };
        var horizon = new Option<int>("--horizon")
        {
            Description = "Frames that the model predicts",
            HelpName = "N",
            DefaultValueFactory = _ => OpenLoop.DefaultHorizon,
        };
        var sequences = new Option<int>("--sequences")
        {
            Description = "Number of sequences, spread over the held-out episodes",
            HelpName = "N",
            DefaultValueFactory = _ => 6,
        };
        var output = new Option<string?>("--out")
        {
            Description = "Folder for prediction.gif, .mp4 (with ffmpeg), .png and .csv; by default the run's folder of videos",
            HelpName = "DIR",
        };
        choice.AddTo(verb);
        foreach (var option in new Option[] { context, horizon, sequences, output })
        {
            verb.Add(option);
        }

        verb.SetAction((line, interruption) => Task.FromResult(Predict(
            choice,
            line,
            (RunModelChoice.Positive(line, context), RunModelChoice.Positive(line, horizon), RunModelChoice.Positive(line, sequences)),
            line.GetValue(output),
            interruption)));
        return verb;
    }

    private static int Predict(
        RunModelChoice choice,
        ParseResult line,
        (int Context, int Horizon, int Sequences) sizes,
        string? folder,
        CancellationToken interruption)
    {
        var output = line.InvocationConfiguration.Output;
        var run = choice.Directory(line);
        var (trained, device) = choice.Load(line);
        using var owned = trained;
        if (trained.Model.ImageSize == 0)
        {
            throw new UnusableInputException(
                $"{run}: its agent observes no images (task.observations is state), so it predicts no frames. "
                + "'planet check' measures what it predicts.");
        }

        if (sizes.Sequences > MostSequences)
        {
            throw new UnusableInputException($"--sequences {sizes.Sequences}: must be at most {MostSequences}. Give such a number.");
        }

        var data = HeldOutData.Open(run, trained.Experiment.Schedule, trained.State);
        var chosen = data.Sequences(sizes.Sequences, sizes.Context, sizes.Horizon);
        var tooShort = data.Episodes.Count(episode => episode.Length < sizes.Context + sizes.Horizon);
        if (tooShort > 0)
        {
            output.WriteLine(
                $"note: {tooShort} of {data.Episodes.Count} held-out episodes are shorter than the {sizes.Context + sizes.Horizon} frames "
                + "of --context and --horizon, and are left out");
        }

        var prediction = OpenLoop.Predict(
            trained.Model,
            device,
            chosen,
            choice.Seed(line),
            sizes.Context,
            sizes.Horizon,
            Tasks.RuleOf(trained.Experiment.Task, Tasks.DescribeAll(trained.Experiment.Task)).States);
        var meanImage = data.MeanImageErrors(prediction, trained.Model.Options.ImageBits);
        var target = folder ?? new RunFolder(Path.GetFullPath(run)).Videos;
        CreateFolder(target);
        var path = Path.Combine(target, "prediction");
        var writer = VideoChoice.Writer(line);
        if (PredictionVideo.Write(path, prediction, writer, interruption) is { } failure)
        {
            output.WriteLine($"warning: no {path}.mp4: {failure}");
        }

        AtomicFile.WriteText(path + ".csv", Csv(prediction.Errors, meanImage));
        Print(output, prediction.Errors, meanImage);
        var animations = File.Exists(path + ".mp4") ? ".gif, .mp4" : ".gif";
        output.WriteLine($"{path}{animations}, .png (truth above prediction) and .csv (every distance)");
        return ExitCode.Success;
    }

    private static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(path, refused);
        }
    }

    private static string Csv(PredictionErrors errors, IReadOnlyList<double> meanImage)
    {
        var text = new StringBuilder("distance,image,mean_image,last_frame,reward,divergence\n");
        for (var i = 0; i < errors.Image.Count; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{i + 1},{errors.Image[i]:R},{meanImage[i]:R},{errors.LastFrame[i]:R},{errors.Reward[i]:R},{errors.Divergence[i]:R}\n");
        }

        return text.ToString();
    }

    private static void Print(TextWriter output, PredictionErrors errors, IReadOnlyList<double> meanImage)
    {
        output.WriteLine(
            "mean squared image error of the prediction, of the mean image and of a copy of the last seen frame, "
            + "in 1/1000 of the range squared");
        output.WriteLine("distance  prediction  mean image  last frame  reward error  divergence");
        var count = errors.Image.Count;
        foreach (var distance in new[] { 1, 2, 5, 10, 15, 20, 30, 45, count }.Where(distance => distance <= count).Distinct().Order())
        {
            var i = distance - 1;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{distance,8}  {1000 * errors.Image[i],10:F3}  {1000 * meanImage[i],10:F3}  {1000 * errors.LastFrame[i],10:F3}")
                + string.Create(CultureInfo.InvariantCulture, $"  {errors.Reward[i],12:F3}  {errors.Divergence[i],10:F2}"));
        }

        var first = Math.Min(15, count);
        double Mean(IReadOnlyList<double> values) => 1000 * values.Take(first).Average();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"mean of the first {first}: prediction {Mean(errors.Image):F3}, mean image {Mean(meanImage):F3}, ")
            + string.Create(CultureInfo.InvariantCulture, $"last frame {Mean(errors.LastFrame):F3}"));
    }
}
