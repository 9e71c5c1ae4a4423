using System.Text.RegularExpressions;

namespace Prism.Tests.House;

/// <summary>
/// Which folders of a project use types of which, read from its source. The project's root is no folder: it holds what all folders share, and what puts
/// them together. A name that several folders declare says nothing.
/// </summary>
internal sealed partial class FolderGraph
{
    private readonly Dictionary<string, HashSet<string>> _uses = [];

    /// <summary>Reads a project.</summary>
    /// <param name="project">Its directory.</param>
    public static FolderGraph Read(string project)
    {
        var files = Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Folder: Path.GetDirectoryName(Path.GetRelativePath(project, file))!.Replace('\\', '/'), File: file))
            .Where(one => one.Folder != "" && !one.Folder.Split('/').Any(part => part is "obj" or "bin"))
            .Select(one => (one.Folder, Source: Code().Replace(File.ReadAllText(one.File), "")))
            .ToList();
        var declared = files
            .SelectMany(one => Declaration().Matches(one.Source).Select(match => (Type: match.Groups[1].Value, one.Folder)))
            .ToLookup(one => one.Type, one => one.Folder);
        var graph = new FolderGraph();
        foreach (var (folder, source) in files)
        {
            var used = Word().Matches(source).Select(match => declared[match.Value].Distinct().ToList())
                .Where(folders => folders is [var one] && one != folder).Select(folders => folders[0]);
            graph._uses.TryAdd(folder, []);
            graph._uses[folder].UnionWith(used);
        }

        return graph;
    }

    /// <summary>The folders.</summary>
    public IEnumerable<string> Folders => _uses.Keys;

    /// <summary>The pairs of folders that use each other, as <c>A - B</c>.</summary>
    public IReadOnlyList<string> MutualPairs =>
    [
        .. from one in _uses
           from other in one.Value
           where string.CompareOrdinal(one.Key, other) < 0 && _uses[other].Contains(one.Key)
           orderby one.Key, other
           select $"{one.Key} - {other}",
    ];

    /// <summary>The folders that lead back to themselves.</summary>
    public IReadOnlyList<string> OnCycles => [.. _uses.Keys.Where(folder => Reaches(folder, folder)).Order(StringComparer.Ordinal)];

    private bool Reaches(string from, string to)
    {
        var (seen, left) = (new HashSet<string>(), new Queue<string>(_uses[from]));
        while (left.TryDequeue(out var folder))
        {
            if (folder == to)
            {
                return true;
            }

            if (seen.Add(folder))
            {
                _uses[folder].ToList().ForEach(left.Enqueue);
            }
        }

        return false;
    }

    // What is not code: comments and texts.
    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|(?<=\n)using [^\n]*""", RegexOptions.Singleline)]
    private static partial Regex Code();

    // At the beginning of a line: a type inside of another is nobody else's.
    [GeneratedRegex(@"^(?:public|internal)\b[^\n(={]*?\b(?:class|record struct|record|struct|interface|enum)\s+([A-Z]\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b[A-Z]\w+\b")]
    private static partial Regex Word();
}
