using System.Text;
using System.Text.RegularExpressions;

namespace Prism.Tests.Documents;

/// <summary>A Markdown file of the repository: its links, and the anchors of its headings.</summary>
internal sealed partial class MarkdownFile
{
    private readonly Lazy<HashSet<string>> _anchors;

    private MarkdownFile(string path)
    {
        Path = path;
        Text = File.ReadAllText(RepositoryFiles.Find(path));
        _anchors = new(() => ReadAnchors(Prose));
    }

    /// <summary>Its path from the repository's root, with slashes.</summary>
    public string Path { get; }

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>The targets of its links, without those to other hosts.</summary>
    public IEnumerable<string> RelativeLinks =>
        Link().Matches(Prose).Select(match => match.Groups["target"].Value).Where(target => !Scheme().IsMatch(target));

    // What is in blocks of code is no heading and no link.
    private string Prose => CodeBlock().Replace(Text, "");

    /// <summary>The Markdown files that people read: in the root, in docs and in the chart.</summary>
    public static IEnumerable<MarkdownFile> All()
    {
        var root = RepositoryFiles.Find("");
        var files = Directory.EnumerateFiles(root, "*.md")
            .Concat(Directory.EnumerateFiles(RepositoryFiles.Find("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(RepositoryFiles.Find("helm"), "*.md", SearchOption.AllDirectories));
        return files.Select(file => new MarkdownFile(System.IO.Path.GetRelativePath(root, file).Replace('\\', '/')));
    }

    /// <summary>One of them.</summary>
    public static MarkdownFile Read(string path) => new(path);

    /// <summary>Whether a heading has this anchor.</summary>
    public bool HasAnchor(string anchor) => _anchors.Value.Contains(anchor);

    private static HashSet<string> ReadAnchors(string prose)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var heading in Heading().Matches(prose).Select(match => match.Groups["text"].Value))
        {
            var anchor = AnchorOf(heading);
            var unique = anchor;
            for (var i = 1; !anchors.Add(unique); i++)
            {
                unique = $"{anchor}-{i}";
            }
        }

        return anchors;
    }

    // GitHub's rule: lower case, punctuation away, a hyphen for each space.
    private static string AnchorOf(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var letter in heading.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
            {
                anchor.Append(letter);
            }
            else if (letter == ' ')
            {
                anchor.Append('-');
            }
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*:", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^#{1,6} +(?<text>.+?) *$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
