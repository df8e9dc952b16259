using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using PlaNet.Common;

namespace PlaNet.Runs.Settings;

/// <summary>
/// Reads HOCON with Akka's parser, and refuses what that parser accepts by mistake, never finishes, or ends the process for: braces that do
/// not match, other signs than values in a list, sections in thousands of levels, files that include themselves, and references to
/// themselves.
/// </summary>
internal static class HoconText
{
    /// <summary>Most levels of sections and lists, and most parts of a name.</summary>
    public const int Deepest = 50;

    private const string Remedy = "Correct it, or take the file from the repository.";

    // A text in place of a reference while the values that references name are looked up.
    private const string Placeholder = "\uffff";

    /// <summary>Parses the text of a file.</summary>
    /// <param name="path">The file: included files are relative to it.</param>
    /// <param name="text">Its text.</param>
    /// <param name="level">Number of files that include one another up to this one.</param>
    /// <exception cref="FormatException">The text is malformed. Akka's parser throws others too.</exception>
    /// <exception cref="SettingsException">An included file is missing.</exception>
    public static HoconRoot Parse(string path, string text, int level = 0)
    {
        Func<string, HoconRoot> include = included => Include(path, included, level + 1);
        var references = References(text);
        if (references.Count == 0)
        {
            return Parser.Parse(text, include);
        }

        // Akka's parser replaces references by links, and follows those of a circle until the stack overflows.
        var plain = new Config(Parser.Parse(Replaced(text, references, _ => Placeholder), include));
        return Parser.Parse(Replaced(text, references, reference => ValueOf(plain, reference)), include);
    }

    private static HoconRoot Include(string from, string included, int level)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(from))!, included.Replace('\0', ' '));
        if (level > Deepest)
        {
            throw new FormatException($"files include one another in more than {Deepest} levels, as {OneLine.Of(included)} does.");
        }

        return File.Exists(path)
            ? Parse(path, File.ReadAllText(path), level)
            : throw new SettingsException($"{from} includes {OneLine.Of(path, 1000)}, which does not exist. {Remedy}");
    }

    private static string ValueOf(Config plain, string reference)
    {
        var value = plain.GetValue(reference) ?? throw new FormatException($"Unresolved substitution: {OneLine.Of(reference)}.");
        return value.IsString() && value.GetString() is { } text && !text.Contains(Placeholder, StringComparison.Ordinal)
            ? text
            : throw new FormatException(
                $"${{{OneLine.Of(reference)}}} must name one value, not a section or a list, and none that has a reference itself.");
    }

    private static string Replaced(string text, List<(int Start, int End, string Name)> references, Func<string, string> value)
    {
        var (replaced, from) = (new StringBuilder(), 0);
        foreach (var (start, end, name) in references)
        {
            replaced.Append(text, from, start - from).Append(Quoted(value(name)));
            from = end;
        }

        return replaced.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>A text as a quoted value.</summary>
    public static string Quoted(string text)
    {
        var escaped = text
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }

    // Finds references such as ${a.b} and counts levels, outside quotes and comments.
    private static List<(int Start, int End, string Name)> References(string text)
    {
        var references = new List<(int, int, string)>();
        var (open, dots) = (new Stack<char>(), 0);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    i = EndOfQuoted(text, i);
                    break;
                case '#':
                case '/' when i + 1 < text.Length && text[i + 1] == '/':
                    i = text.IndexOf('\n', i) is >= 0 and var end ? end : text.Length;
                    dots = 0;
                    break;
                case '$' when i + 1 < text.Length && text[i + 1] == '{':
                    var close = text.IndexOf('}', i);
                    if (close < 0)
                    {
                        throw new FormatException("a closing brace is missing.");
                    }

                    references.Add((i, close + 1, text[(i + 2)..close].Trim()));
                    i = close;
                    break;
                case '{' or '[':
                    open.Push(text[i]);
                    dots = 0;
                    break;
                case '}':
                    Close(open, '{', "there is a closing brace too many.");
                    break;
                case ']':
                    Close(open, '[', "there is a closing bracket too many.");
                    break;

                // Akka's parser repeats the same step forever.
                case ':' or '=' or '+' or '$' or '`' or '^' or '?' or '!' or '@' or '*' or '&' or '\\'
                    when open.TryPeek(out var inner) && inner == '[':
                    throw new FormatException($"'{text[i]}' is not allowed in a list outside quotes.");
                case '.':
                    dots++;
                    break;
                case '\n' or '=' or ':' or ',':
                    dots = 0;
                    break;
            }

            if (open.Count > Deepest || dots > Deepest)
            {
                throw new FormatException($"it has sections, lists or names of more than {Deepest} levels.");
            }
        }

        return open.TryPeek(out var unclosed)
            ? throw new FormatException(unclosed == '{' ? "a closing brace is missing." : "a closing bracket is missing.")
            : references;
    }

    private static void Close(Stack<char> open, char opening, string tooMany)
    {
        if (!open.TryPop(out var found))
        {
            throw new FormatException(tooMany);
        }

        if (found != opening)
        {
            throw new FormatException(found == '{' ? "a closing brace is missing." : "a closing bracket is missing.");
        }
    }

    private static int EndOfQuoted(string text, int start)
    {
        if (string.CompareOrdinal(text, start, "\"\"\"", 0, 3) == 0)
        {
            return text.IndexOf("\"\"\"", start + 3, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : text.Length;
        }

        var i = start + 1;
        while (i < text.Length && text[i] != '"')
        {
            i += text[i] == '\\' ? 2 : 1;
        }

        return i;
    }
}
