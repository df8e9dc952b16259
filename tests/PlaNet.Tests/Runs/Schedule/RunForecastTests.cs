using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;

namespace PlaNet.Tests.Runs.Schedule;

public sealed class RunForecastTests
{
    // Its schedule is SS T UUUU C UUU C E UUU C E: 10 updates, 3 collected episodes, 2 evaluations.
    private static readonly Experiment s_experiment = SmallRun.Experiment;
    private static readonly RunProgress s_collected = new(SeedEpisodes: 2, TestEpisodes: 1, Updates: 4, Collected: 1);
    private static readonly UpdateMetrics s_metrics = new(1, 1, 1, 1, 1);

    [Fact]
    public void In_lockstep_the_steps_that_are_left_add_up_evaluations_included()
    {
        var forecast = new RunForecast(s_experiment).After(new UpdateDone(s_collected, s_metrics, 0.5));
        Assert.Null(forecast.SecondsLeft(s_collected));
        forecast = forecast.After(new EpisodeCollected(s_collected, RunStep.Collect, "e", 1, 4));
        Assert.Equal((6 * 0.5) + (2 * 4) + (2 * 4), forecast.SecondsLeft(s_collected));
        forecast = forecast.After(new EvaluationDone(s_collected, [1], null, "v", 20)).After(new CheckpointSaved(s_collected, "c", 0.25));
        Assert.Equal((6 * 0.5) + (2 * 4) + (2 * 20) + (4 * 0.25), forecast.SecondsLeft(s_collected));
        var end = new RunProgress(2, 1, 10, 3, 2);
        Assert.Equal(0, forecast.SecondsLeft(end));
        Assert.Equal(20.25, forecast.SecondsLeft(end with { Evaluations = 1 }));
    }

    [Fact]
    public void Overlapped_the_slowest_role_decides_and_the_last_evaluation_follows()
    {
        var overlapped = s_experiment with { Schedule = s_experiment.Schedule with { Order = ScheduleOrder.Overlapped } };
        var forecast = new RunForecast(overlapped) { Update = 1, Episode = 2, Evaluation = 5 };
        Assert.Equal(6 + 5, forecast.SecondsLeft(s_collected));
        Assert.Equal(20 + 5, (forecast with { Episode = 10 }).SecondsLeft(s_collected));
        Assert.Equal(40 + 40, (forecast with { Evaluation = 40 }).SecondsLeft(s_collected));
    }

    [Fact]
    public void Seed_episodes_say_nothing_of_the_planner_and_durations_are_smoothed()
    {
        var forecast = new RunForecast(s_experiment).After(new EpisodeCollected(s_collected, RunStep.CollectSeedEpisode, "e", 1, 4));
        Assert.Null(forecast.Episode);
        forecast = (forecast with { Episode = 10, Update = 1 })
            .After(new EpisodeCollected(s_collected, RunStep.Collect, "e", 1, 20))
            .After(new UpdateDone(s_collected, s_metrics, 2));
        Assert.Equal(13, forecast.Episode!.Value, 9);
        Assert.InRange(forecast.Update!.Value, 1.01, 1.1);
    }

    [Fact]
    public void A_step_during_which_the_process_was_stopped_hardly_counts_but_steps_that_stay_long_do()
    {
        var forecast = new RunForecast(s_experiment) { Episode = 10, Update = 0.05 }
            .After(new UpdateDone(s_collected, s_metrics, 600))
            .After(new EpisodeCollected(s_collected, RunStep.Collect, "e", 1, 7200));
        Assert.InRange(forecast.Update!.Value, 0.05, 0.06);
        Assert.Equal(37, forecast.Episode!.Value, 9);
        for (var update = 0; update < 100; update++)
        {
            forecast = forecast.After(new UpdateDone(s_collected, s_metrics, 2));
        }

        Assert.InRange(forecast.Update!.Value, 1.5, 2);
    }

    [Fact]
    public void The_time_left_falls_between_steps_but_not_beyond_the_longest_one()
    {
        var status = new RunStatus(s_experiment) { Forecast = new RunForecast(s_experiment) { Update = 1, Episode = 3, Evaluation = 5 } };
        status = status.After(new EpisodeCollected(s_collected, RunStep.Collect, "e", 7, 3), TimeSpan.FromSeconds(100));
        Assert.Equal(22, status.Left(TimeSpan.FromSeconds(100))!.Value.TotalSeconds, 6);
        Assert.Equal(20, status.Left(TimeSpan.FromSeconds(102))!.Value.TotalSeconds, 6);
        Assert.Equal(17, status.Left(TimeSpan.FromSeconds(500))!.Value.TotalSeconds, 6);
    }

    [Fact]
    public void A_status_follows_the_events_of_its_run()
    {
        static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
        var status = new RunStatus(s_experiment).After(new RunStarted(new RunProgress(2, 1), null), At(1));
        for (var i = 1; i <= 4; i++)
        {
            status = status.After(new UpdateDone(new RunProgress(2, 1, i), s_metrics with { Image = i }, 0.1), At(1 + (i * 0.25)));
        }

        Assert.Equal((4, 4.0), (status.Progress.Updates, status.Updates.PerSecond!.Value));
        Assert.Equal(4, status.Losses!.Image);
        status = status.After(new DecisionMade(new RunProgress(2, 1, 3), RunStep.Collect, 3, 8), At(3));
        Assert.Equal((4, 3), (status.Progress.Updates, status.Decision!.Decision));
        status = status.After(new RunWarning(new RunProgress(), "something"), At(3));
        Assert.Equal(4, status.Progress.Updates);
        status = status.After(new EpisodeCollected(s_collected, RunStep.Collect, "e", 7, 3), At(4));
        Assert.Null(status.Decision);
        Assert.Equal([7.0], status.Returns);
        status = status.After(new EvaluationDone(s_collected with { Evaluations = 1 }, [1, 3], null, "v", 2), At(5));
        Assert.Equal(2, status.Score!.Mean);
        for (var i = 0; i < RunStatus.KeptReturns + 5; i++)
        {
            status = status.After(new EpisodeCollected(s_collected, RunStep.Collect, "e", i, 3), At(6));
        }

        Assert.Equal((RunStatus.KeptReturns, 5.0), (status.Returns.Count, status.Returns[0]));
    }
}
