namespace PlaNet.Actors.Wire;

/// <summary>Says that newer weights lie in a file: weights themselves never travel as messages.</summary>
/// <param name="Run">The run they belong to, <c>experiment/seed-hash</c>.</param>
/// <param name="Version">Updates that made them.</param>
/// <param name="File">The file, relative to the run directory.</param>
/// <param name="Sha256">Hash of the file, 64 hexadecimal digits: check it after reading.</param>
public sealed record WeightsAnnouncement(string Run, long Version, string File, string Sha256);

/// <summary>Asks for one episode.</summary>
/// <param name="Run">The run it is for.</param>
/// <param name="Number">Its number within the run: asking again with the same number is the same request.</param>
/// <param name="Seed">Seed of the environment's reset.</param>
/// <param name="WeightsVersion">Weights to act with; null for random actions.</param>
/// <param name="ExplorationNoise">Standard deviation of the noise added to every action.</param>
public sealed record EpisodeRequest(string Run, long Number, ulong Seed, long? WeightsVersion, double ExplorationNoise);

/// <summary>One whole episode of T decisions as T+1 aligned rows, row 0 being the reset.</summary>
/// <param name="Run">The run it is for.</param>
/// <param name="Number">Number of the request it answers.</param>
/// <param name="Name">Its name in a store.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="ActionSize">Numbers in an action, A.</param>
/// <param name="Image">Images <c>[T+1, height, width, 3]</c>, RGB.</param>
/// <param name="Action">Actions <c>[T+1, A]</c>; row 0 is zero.</param>
/// <param name="Reward">Rewards <c>[T+1]</c>; the first is zero.</param>
/// <param name="States">Further numbers by name, each <c>[T+1, n]</c>.</param>
/// <param name="Seed">Seed of the environment's reset, where there was one.</param>
/// <param name="WeightsVersion">Weights that acted; null for random actions.</param>
public sealed record WholeEpisode(
    string Run,
    long Number,
    string Name,
    int Height,
    int Width,
    int ActionSize,
    byte[] Image,
    float[] Action,
    float[] Reward,
    IReadOnlyDictionary<string, float[]> States,
    ulong? Seed,
    long? WeightsVersion);
