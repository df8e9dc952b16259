namespace PlaNet.Telemetry.Comparisons;

/// <summary>
/// Published scores of the paper's tasks, as printed in their sources. All are returns of episodes of 1,000 control steps, at most 1,000.
/// </summary>
public static class PublishedFigures
{
    /// <summary>The paper's method, as every source names it.</summary>
    public const string Planet = "PlaNet";

    private const string WithoutOvershooting = "PlaNet, no overshooting";
    private const string RandomData = "PlaNet, random data";
    private const string Deterministic = "deterministic model";
    private const string Stochastic = "stochastic model";
    private const string Simulator = "CEM + true simulator";

    /// <summary>The main table of the paper.</summary>
    public static PublishedSource Icml { get; } = new(
        "ICML Table 1", "Hafner et al. 2019, ICML, Table 1: mean final return; PlaNet over 5 seeds x 10 episodes");

    /// <summary>The main table of the web article, of an earlier version of the method.</summary>
    public static PublishedSource Distill { get; } = new(
        "Distill Table 1", "the paper's web version, Table 1: mean final return; PlaNet over 4 seeds");

    /// <summary>Curves of the web article.</summary>
    public static PublishedSource DistillFigures { get; } = new(
        "Distill Figs. 8 and 9",
        "the paper's web version, Figures 8 and 9: median over 4 seeds x 10 episodes, read off the figure, +-15 (jagged curves +-50)");

    /// <summary>PlaNet as re-run by the authors of CURL.</summary>
    public static PublishedSource Curl { get; } = new(
        "CURL Table 1", "Srinivas et al. 2020, Table 1: mean of PlaNet as re-run by others, 1,000 frames an episode");

    /// <summary>The paper's action repeat of each task.</summary>
    public static IReadOnlyDictionary<string, int> ActionRepeats { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["cartpole_balance"] = 8,
        ["cartpole_swingup"] = 8,
        ["reacher_easy"] = 4,
        ["cheetah_run"] = 4,
        ["finger_spin"] = 2,
        ["cup_catch"] = 4,
        ["walker_walk"] = 2,
    };

    /// <summary>Every score. The curve of cup_catch is left out: it jumps between 0 and 950, so that only ranges can be read off.</summary>
    public static IReadOnlyList<PublishedFigure> All { get; } =
    [
        .. Row(Icml, "A3C (from states)", 100_000, IcmlTasks, [558, 285, 214, 129, 105, 311]),
        .. Row(Icml, "D4PG", 100_000, IcmlTasks, [862, 967, 524, 985, 980, 968]),
        .. Row(Icml, Planet, 1_000, IcmlTasks, [821, 832, 662, 700, 930, 951]),
        .. Row(Icml, Simulator, 0, IcmlTasks, [850, 964, 656, 825, 993, 994]),
        .. Row(Distill, "A3C (from states)", 100_000, DistillTasks, [952, 558, 129, 214, 105, 311]),
        .. Row(Distill, "D4PG", 100_000, DistillTasks, [993, 862, 985, 524, 980, 968]),
        .. Row(Distill, Planet, 2_000, DistillTasks, [986, 831, 744, 650, 914, 890]),
        .. Row(Distill, Simulator, 0, DistillTasks, [998, 850, 825, 656, 993, 994]),
        .. Curve("cartpole_balance", Planet, [790, 945, 965, 985, 970, 940]),
        .. Curve("cartpole_balance", WithoutOvershooting, [830, 925, 975, 980, 920, 835]),
        .. Curve("cartpole_balance", RandomData, [695, 790, 920, 935, 905, 935]),
        .. Curve("cartpole_balance", Deterministic, [370, 400, 340, 370, 400, 375]),
        .. Curve("cartpole_balance", Stochastic, [425, 385, 365, 320, 355, 340]),
        .. Curve("cartpole_swingup", Planet, [600, 735, 730, 790, 780, 780]),
        .. Curve("cartpole_swingup", WithoutOvershooting, [640, 755, 765, 780, 775, 775]),
        .. Curve("cartpole_swingup", RandomData, [565, 605, 650, 650, 660, 740]),
        .. Curve("cartpole_swingup", Deterministic, [245, 260, 250, 230, 230, 195]),
        .. Curve("cartpole_swingup", Stochastic, [15, 45, 45, 145, 135, 180]),
        .. Curve("finger_spin", Planet, [180, 440, 655, 690, 710, 725]),
        .. Curve("finger_spin", WithoutOvershooting, [230, 645, 675, 710, 700, 710]),
        .. Curve("finger_spin", RandomData, [10, 10, 15, 40, 30, 115]),
        .. Curve("cheetah_run", Planet, [315, 455, 510, 585, 580, 615]),
        .. Curve("cheetah_run", WithoutOvershooting, [145, 325, 385, 480, 535, 605]),
        .. Curve("cheetah_run", RandomData, [280, 385, 410, 400, 400, 405]),
        .. Curve("cheetah_run", Deterministic, [155, 190, 195, 155, 240, 205]),
        .. Curve("cheetah_run", Stochastic, [75, 85, 90, 105, 105, 85]),
        .. Curve("walker_walk", Planet, [180, 240, 305, 625, 800, 835]),
        .. Curve("walker_walk", WithoutOvershooting, [155, 190, 225, 235, 290, 285]),
        .. Curve("walker_walk", RandomData, [55, 95, 180, 105, 230, 130]),
        .. Curve("walker_walk", Deterministic, [135, 160, 145, 190, 180, 180]),
        .. Curve("walker_walk", Stochastic, [35, 40, 40, 65, 55, 55]),
        .. Row(Curl, Planet, 100, CurlTasks, [136, 297, 20, 138, 224, 0]),
        .. Row(Curl, Planet, 500, CurlTasks, [561, 475, 210, 305, 351, 460]),
    ];

    private static string[] IcmlTasks =>
        ["cartpole_swingup", "reacher_easy", "cheetah_run", "finger_spin", "cup_catch", "walker_walk"];

    private static string[] DistillTasks =>
        ["cartpole_balance", "cartpole_swingup", "finger_spin", "cheetah_run", "cup_catch", "walker_walk"];

    private static string[] CurlTasks =>
        ["finger_spin", "cartpole_swingup", "reacher_easy", "cheetah_run", "walker_walk", "cup_catch"];

    /// <summary>
    /// The paper's own result on a task: from its main table, or from the web article if that lacks the task. Null for other tasks.
    /// </summary>
    public static PublishedFigure? OfPlanet(string task)
    {
        return new[] { Icml, Distill }
            .Select(source => All.FirstOrDefault(figure => figure.Source == source && figure.Method is Planet && figure.Task == task))
            .FirstOrDefault(figure => figure is not null);
    }

    private static IEnumerable<PublishedFigure> Row(PublishedSource source, string method, int episodes, string[] tasks, double[] scores)
    {
        return tasks.Zip(scores, (task, score) => new PublishedFigure(task, method, episodes, score, source));
    }

    private static IEnumerable<PublishedFigure> Curve(string task, string method, double[] scores)
    {
        int[] episodes = [100, 250, 500, 1_000, 1_500, 2_000];
        return episodes.Zip(scores, (count, score) => new PublishedFigure(task, method, count, score, DistillFigures));
    }
}
