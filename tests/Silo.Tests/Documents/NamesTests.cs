using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prism.Providers;
using Prism.Silo.Configuration;
using Prism.Tests.Service;

namespace Prism.Tests.Documents;

/// <summary>That settings, metrics, paths and headers are called in the documentation what they are called in the service.</summary>
public sealed partial class NamesTests
{
    [Fact]
    public void Every_variable_in_the_documentation_is_a_setting()
    {
        var names = Settings.Groups.SelectMany(group => group.Settings).Select(setting => setting.Name).ToHashSet();
        var suffixes = ProviderSettings.Of(new ProviderOptions()).Concat(ProviderSettings.Of(ProviderNames.BuiltIn.Single(provider => provider.Type == ProviderType.Echo)))
            .Select(setting => "_" + setting.Suffix).ToHashSet();

        var unknown = from file in MarkdownFile.All()
                      from name in Variable().Matches(file.Text).Select(match => match.Value).Distinct()
                      where !names.Contains(name) && !suffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal))
                      select $"{file.Path}: {name}";

        Assert.Empty(unknown);
    }

    [Fact]
    public void Every_metric_is_documented_and_no_other()
    {
        var sources = Directory.EnumerateFiles(RepositoryFiles.Find("src"), "*.cs", SearchOption.AllDirectories);

        var metrics = sources.SelectMany(file => MetricLiteral().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value);
        var documented = MarkdownFile.Read("docs/observability.md").Text.Split('\n').Where(line => line.StartsWith("| `llm_", StringComparison.Ordinal))
            .SelectMany(row => MetricName().Matches(row.Split('|')[1])).Select(match => match.Groups["name"].Value);

        Assert.Equal(metrics.Distinct().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_type_in_the_glossary_is_one_of_the_code()
    {
        var sources = Directory.EnumerateFiles(RepositoryFiles.Find("src"), "*.cs", SearchOption.AllDirectories);
        var types = sources.SelectMany(file => TypeDeclaration().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value).ToHashSet();

        var named = TypeName().Matches(MarkdownFile.Read("docs/glossary.md").Text).Select(match => match.Groups["name"].Value).Distinct().ToList();

        Assert.Contains("Answer", named);
        Assert.Empty(named.Except(types));
    }

    [Fact]
    public async Task Every_path_and_every_header_of_the_API_is_in_its_overview()
    {
        await using var prism = await PrismService.StartAsync();
        var document = JsonNode.Parse(await prism.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;
        var overview = MarkdownFile.Read("docs/api.md").Text;

        var paths = document["paths"]!.AsObject().Select(path => path.Key);
        var objects = Descendants(document).OfType<JsonObject>().ToList();
        var responses = objects.Select(node => node["headers"]).OfType<JsonObject>().SelectMany(headers => headers.Select(header => header.Key))
            .Where(name => !document["components"]!["headers"]!.AsObject().ContainsKey(name));
        var requests = objects.Where(node => node["in"] is JsonValue place && place.ToString() == "header").Select(node => node["name"]!.ToString());

        Assert.All(paths.Concat(responses).Concat(requests).Distinct(), name => Assert.Contains(name, overview, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_first_call_of_the_README_answers_as_it_says()
    {
        var readme = MarkdownFile.Read("README.md").Text;
        var call = FirstCall().Match(readme);
        await using var prism = await PrismService.StartAsync();

        using var body = new StringContent(call.Groups["body"].Value, null, "application/json");
        using var response = await prism.Http.PostAsync(new Uri(call.Groups["path"].Value, UriKind.Relative), body);

        var answered = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        var said = JsonNode.Parse(call.Groups["answer"].Value)!.AsObject();
        said["id"] = answered["id"]!.DeepClone();
        Assert.True(JsonNode.DeepEquals(said, answered), answered.ToJsonString());
    }

    [Fact]
    public async Task The_recipes_of_the_README_make_the_models_that_they_name()
    {
        var recipes = Recipe().Matches(MarkdownFile.Read("README.md").Text);
        // All of them at once, each with the place that is left for a key filled in.
        var variables = recipes.SelectMany(recipe => recipe.Groups["variables"].Value.Replace("…", "x", StringComparison.Ordinal).Split(' '))
            .Select(assignment => assignment.Split('=', 2))
            .GroupBy(parts => parts[0], parts => parts[1])
            .Select(values => (values.Key, string.Join(',', values)));

        await using var prism = await PrismService.StartAsync([.. variables]);
        var models = JsonNode.Parse(await prism.Http.GetStringAsync(new Uri("/v1/models", UriKind.Relative)))!["data"]!.AsArray()
            .Select(model => model!["id"]!.ToString()).ToList();

        Assert.Equal(7, recipes.Count);
        Assert.All(recipes, recipe => Assert.Contains(recipe.Groups["model"].Value, models));
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => node switch
    {
        JsonObject members => members.Select(member => member.Value).OfType<JsonNode>().SelectMany(Descendants).Prepend(node),
        JsonArray elements => elements.OfType<JsonNode>().SelectMany(Descendants).Prepend(node),
        _ => [node],
    };

    // Not the beginning of a group of them: LLM_QUOTA_…
    [GeneratedRegex(@"\bLLM_[A-Z0-9_]*[A-Z0-9]\b(?![_…<])")]
    private static partial Regex Variable();

    [GeneratedRegex("\"(?<name>llm_[a-z_]+)\"")]
    private static partial Regex MetricLiteral();

    [GeneratedRegex("`(?<name>llm_[a-z_]+)")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\b(class|struct|record|interface|enum) (?<name>[A-Z]\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("`(?<name>I?[A-Z][a-z][A-Za-z]+)`")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"curl http://localhost:8000(?<path>/\S+) .*?-d '(?<body>[^']+)'\n```\n\n```json\n(?<answer>[^\n]+)", RegexOptions.Singleline)]
    private static partial Regex FirstCall();

    [GeneratedRegex(@"^\|[^|]*\| `(?<variables>LLM_[^`]+)` \| `(?<model>[^`]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Recipe();
}
