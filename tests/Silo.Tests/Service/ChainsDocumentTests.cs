using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Prism.Formats.Prism.Chains;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Tests.Service;

/// <summary>That <c>docs/chains.md</c> says what is.</summary>
public sealed partial class ChainsDocumentTests
{
    private static readonly string Document = File.ReadAllText(RepositoryFiles.Find("docs/chains.md"));

    [Fact]
    public void Every_property_of_a_step_is_documented()
    {
        var names = NamesOf(ChainJson.Lenient.ChainStep).Concat(NamesOf((JsonTypeInfo)ChainJson.Lenient.GetTypeInfo(typeof(ChainRetry))!)).ToList();

        Assert.Contains("for_each", names);
        Assert.All(names, name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_property_of_a_run_is_shown()
    {
        var names = NamesOf(ChainJson.Lenient.ChainRun).Except(["chain_version"]).ToList();

        Assert.Contains("finished_at", names);
        Assert.All(names, name => Assert.Contains($"\"{name}\": ", Document, StringComparison.Ordinal));
        Assert.Contains("`chain_version`", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_status_and_every_event_is_documented()
    {
        var types = typeof(ChainEventTypes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        var statuses = Enum.GetNames<ChainRunStatus>().Concat(Enum.GetNames<ChainStepStatus>()).Select(name => name.ToLowerInvariant());

        Assert.All(types.Concat(statuses), name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));
    }

    [Fact]
    public void The_example_is_the_code_that_is_tested()
    {
        var source = File.ReadAllText(RepositoryFiles.Find("tests/Silo.Tests/Service/RunsTests.cs"));

        var shown = Example().Match(Document).Groups["code"].Value.Trim();
        var lines = TestedExample().Match(source).Groups["code"].Value.Split('\n').Select(line => line.Length > 4 ? line[4..] : "");
        var tested = string.Join('\n', lines).Trim();

        Assert.StartsWith("private static async Task", tested, StringComparison.Ordinal);
        Assert.Equal(tested, shown);
    }

    private static IEnumerable<string> NamesOf(JsonTypeInfo type) =>
        type.Properties.Where(property => property is { IsExtensionData: false, Get: not null }).Select(property => property.Name);

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"// example:begin\n(?<code>.*?)    // example:end", RegexOptions.Singleline)]
    private static partial Regex TestedExample();
}
