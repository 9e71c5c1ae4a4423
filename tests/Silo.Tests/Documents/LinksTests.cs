namespace Prism.Tests.Documents;

public sealed class LinksTests
{
    [Fact]
    public void Every_relative_link_leads_to_a_file_and_a_heading_that_exist()
    {
        var files = MarkdownFile.All().ToList();

        var links = files.SelectMany(file => file.RelativeLinks.Select(link => (File: file, Link: link))).ToList();
        var broken = links.Where(each => !Exists(each.File, each.Link)).Select(each => $"{each.File.Path}: {each.Link}");

        Assert.Contains(links, each => each.Link.Contains('#', StringComparison.Ordinal));
        Assert.Empty(broken);
    }

    [Fact]
    public void The_README_links_every_page_of_the_documentation()
    {
        var linked = MarkdownFile.Read("README.md").RelativeLinks.Select(link => link.Split('#')[0]).ToHashSet();

        var pages = MarkdownFile.All().Select(file => file.Path)
            .Where(path => path != "README.md" && !path.StartsWith("docs/decisions/", StringComparison.Ordinal));

        Assert.Empty(pages.Except(linked));
    }

    [Fact]
    public void The_list_of_decisions_has_every_decision_under_its_title()
    {
        var list = File.ReadAllText(RepositoryFiles.Find("docs/decisions/README.md"));

        var decisions = MarkdownFile.All().Where(file => file.Path.StartsWith("docs/decisions/0", StringComparison.Ordinal))
            .Select(file => $"- [{file.Text.Split('\n')[0].TrimStart('#', ' ')}]({file.Path["docs/decisions/".Length..]})");

        Assert.All(decisions, line => Assert.Contains(line, list, StringComparison.Ordinal));
    }

    private static bool Exists(MarkdownFile from, string link)
    {
        var (path, anchor) = link.Split('#') is [var file, var heading] ? (file, heading) : (link, null);
        var folder = from.Path[..(from.Path.LastIndexOf('/') + 1)];
        var target = path.Length == 0 ? from.Path : Normalize(folder + path);
        if (target is null || !ExistsAsWritten(target))
        {
            return false;
        }

        return anchor is null || (target.EndsWith(".md", StringComparison.Ordinal) && MarkdownFile.Read(target).HasAnchor(anchor));
    }

    // Null where it leads out of the repository.
    private static string? Normalize(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                return null;
            }
        }

        return string.Join('/', parts);
    }

    // With the case of its letters, also where the file system does not care for it.
    private static bool ExistsAsWritten(string path)
    {
        var full = RepositoryFiles.Find(path);
        return Path.Exists(full)
            && Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(full)!).Contains(full, StringComparer.Ordinal);
    }
}
