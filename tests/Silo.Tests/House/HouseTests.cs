using System.Xml.Linq;

namespace Prism.Tests.House;

/// <summary>The order of the house: which project may use which, and which folder which.</summary>
public sealed class HouseTests
{
    private static readonly Dictionary<string, string[]> References = new()
    {
        ["Grains.Interfaces"] = [],
        ["Formats"] = ["Grains.Interfaces"],
        ["Providers"] = ["Formats", "Grains.Interfaces"],
        ["Grains"] = ["Grains.Interfaces", "Providers"],
        ["Pipeline"] = ["Grains", "Providers"],
        ["Gateway"] = ["Grains.Interfaces", "Pipeline"],
        ["Silo"] = ["Gateway", "Grains", "Pipeline"],
    };

    [Fact]
    public void Projects_use_those_below_them_and_no_others()
    {
        var projects = Directory.EnumerateFiles(RepositoryFiles.Find("src"), "*.csproj", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetFileNameWithoutExtension(file),
            file => XDocument.Load(file).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order(StringComparer.Ordinal));

        Assert.Equal(References.Keys.Order(StringComparer.Ordinal), projects.Keys.Order(StringComparer.Ordinal));
        Assert.All(projects, project => Assert.Equal(References[project.Key], project.Value));
    }

    [Fact]
    public void The_stages_of_the_pipeline_have_an_order()
    {
        var graph = FolderGraph.Read(RepositoryFiles.Find("src/Pipeline"));

        Assert.Contains("Attempts", graph.Folders);
        Assert.Empty(graph.OnCycles);
    }

    [Fact]
    public void Formats_know_each_other_only_in_conversions()
    {
        var graph = FolderGraph.Read(RepositoryFiles.Find("src/Formats"));

        Assert.Contains("OpenAi.Chat", graph.Folders);
        Assert.Empty(graph.OnCycles);
    }

    [Fact]
    public void Few_folders_of_grains_use_each_other()
    {
        var graph = FolderGraph.Read(RepositoryFiles.Find("src/Grains"));

        Assert.Contains("Chains/Running", graph.Folders);
        Assert.True(graph.MutualPairs.Count <= 4, string.Join(", ", graph.MutualPairs));
    }

    [Fact]
    public void A_cycle_and_a_mutual_pair_are_found()
    {
        var project = Directory.CreateTempSubdirectory("prism-house-");
        try
        {
            Write("A", "internal sealed class One { Two two; }");
            Write("B", "internal sealed class Two { Three three; }");
            Write("C", "internal sealed class Three { One one; /* Four */ }");
            Write("D", "// One\npublic sealed class Four { Five five; string text = \"One\"; }");
            Write("E", "public sealed class Five { Four four; }");
            Write("F", "public sealed class Six { Five five; }");

            var graph = FolderGraph.Read(project.FullName);

            Assert.Equal(["A", "B", "C", "D", "E"], graph.OnCycles);
            Assert.Equal(["D - E"], graph.MutualPairs);
        }
        finally
        {
            project.Delete(recursive: true);
        }

        void Write(string folder, string source) =>
            File.WriteAllText(Path.Combine(project.CreateSubdirectory(folder).FullName, "File.cs"), source);
    }
}
