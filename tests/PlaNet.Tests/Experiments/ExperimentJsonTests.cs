using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

public sealed class ExperimentJsonTests
{
    [Fact]
    public void Every_experiment_survives_writing_and_reading() =>
        AnyExperiment.Satisfies(experiment => ExperimentJson.Read(ExperimentJson.Write(experiment)) == experiment);

    [Fact]
    public void Writing_what_was_read_gives_the_same_text() => AnyExperiment.Satisfies(experiment =>
    {
        var json = ExperimentJson.Write(experiment);
        return ExperimentJson.Write(ExperimentJson.Read(json)) == json;
    });

    [Fact]
    public void The_text_is_canonical()
    {
        var experiment = new Experiment
        {
            Description = "λ \"quoted\"",
            Optimizer = new OptimizerOptions { LearningRate = 1e-5, Beta1 = -0.0 }
        };
        var lines = ExperimentJson.Write(experiment).Split('\n');
        Assert.Equal(
            [
                "{", "  \"name\": \"planet\",", "  \"description\": \"λ \\\"quoted\\\"\",",
                "  \"task\": {", "    \"name\": \"cartpole_swingup\","
            ],
            lines[..5]);
        Assert.Contains("    \"render_quality\": \"reference\",", lines);
        Assert.Contains("    \"learning_rate\": 1E-05,", lines);
        Assert.Contains("    \"beta1\": 0,", lines);
        Assert.Contains("    \"epsilon_placement\": \"tf1\",", lines);
        Assert.Equal("}", lines[^1]);
    }

    [Fact]
    public void The_order_of_keys_does_not_matter_and_absent_ones_take_their_defaults()
    {
        var read = ExperimentJson.Read("""{ "planner": { "elites": 10, "candidates": 20 }, "name": "mine" }""");
        Assert.Equal(new Experiment { Name = "mine", Planner = new PlannerOptions { Candidates = 20, Elites = 10 } }, read);
    }

    [Theory]
    [InlineData("""{ "model": { "dept": 8 } }""", "\"model.dept\"", "model.depth")]
    [InlineData("""{ "modle": { "depth": 8 } }""", "\"modle\"", "did you mean")]
    [InlineData("""{ "model": 8 }""", "model is a group", "model.depth")]
    [InlineData("""{ "model": { "depth": "8" } }""", "model.depth", "a whole number")]
    [InlineData("""{ "model": { "depth": 8.5 } }""", "model.depth", "8.5")]
    [InlineData("""{ "model": { "depth": null } }""", "model.depth", "null")]
    [InlineData("""{ "model": { "min_stddev": 1e999 } }""", "model.min_stddev", "a finite number")]
    [InlineData("""{ "compute": { "native_kernels": "true" } }""", "compute.native_kernels", "true or false")]
    [InlineData("""{ "task": { "render_quality": "Fast" } }""", "task.render_quality", "did you mean fast?")]
    [InlineData("""{ "task": { "render_quality": 1 } }""", "task.render_quality", "reference, fast")]
    [InlineData("""{ "name": "a", "name": "b" }""", "not JSON", "name")]
    [InlineData("""{ "name": "\ud800" }""", "half of a surrogate pair", "experiment.json")]
    [InlineData("""{ "\ud800": 1 }""", "half of a surrogate pair", "experiment.json")]
    [InlineData("[]", "an array", "JSON object")]
    [InlineData("{ ", "not JSON", "experiment")]
    public void An_invalid_experiment_is_refused_with_a_message_of_one_line(string json, string what, string remedy)
    {
        var message = Assert.Throws<ExperimentException>(() => ExperimentJson.Read(json)).Message;
        Assert.Contains(what, message);
        Assert.Contains(remedy, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_number_that_json_cannot_represent_is_refused_by_the_name_of_its_option()
    {
        var experiment = new Experiment { Objective = new ObjectiveOptions { FreeNats = double.NaN } };
        Assert.Contains("objective.free_nats", Assert.Throws<ExperimentException>(() => ExperimentJson.Write(experiment)).Message);
    }
}
