using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Catalog;

namespace Prism.Tests.Chains;

/// <summary>Stored chains as grains.</summary>
public sealed class ChainCatalogTests : IAsyncLifetime
{
    private const string Owner = "team/7";

    private CatalogCluster _cluster = null!;

    private IChainCatalogGrain Digest => _cluster.Chain("digest", Owner);

    public async Task InitializeAsync() => _cluster = await CatalogCluster.StartAsync(silos: 2);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_runs_have_to_bring_is_read_from_the_steps()
    {
        var put = await Digest.PutAsync(Draft(
            """
            {"steps":[
              {"template":"{{ tone }}: {{ summary }} {{ reader }}","output_key":"letter","when":"wanted"},
              {"template":"Sum up {{ article }} for {{ reader }}","output_key":"summary"},
              {"template":"{{ item }} of {{ title }}","output_key":"parts","for_each":"chapters"}],
             "inputs":{"tone":"Friendly"}}
            """));

        Assert.Null(put.Error?.Message);
        Assert.True(put.IsNew);
        Assert.Equal(["wanted", "reader", "article", "chapters", "title"], put.Chain!.Summary.Variables.AsEnumerable());
        Assert.Equal(put.Chain.Summary.Variables.AsEnumerable(), (await Digest.DescribeAsync())!.Variables.AsEnumerable());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_chain_has_a_version_for_each_change_and_outlives_its_activation()
    {
        const string One = """{"steps":[{"template":"one","output_key":"a"}]}""";
        var first = await Digest.PutAsync(Draft(One));
        var same = await Digest.PutAsync(Draft(One));
        var second = await Digest.PutAsync(Draft(One) with { Description = "Another.", BasedOn = 1 });
        var late = await Digest.PutAsync(Draft(One) with { Description = "A third.", BasedOn = 1 });
        await _cluster.DeactivateAsync(Digest);
        var stored = await Digest.GetAsync();

        Assert.Equal((1, 1, 2), (first.Chain!.Summary.Version, same.Chain!.Summary.Version, second.Chain!.Summary.Version));
        Assert.Equal((true, false, false), (first.IsNew, same.IsNew, second.IsNew));
        Assert.Equal((ChatErrorKind.Conflict, "version", "outdated_version"), (late.Error?.Kind, late.Error?.Param, late.Error?.Code));
        Assert.Equal(("Another.", 2), (stored!.Summary.Description, stored.Summary.Version));
        Assert.Equal("one", Assert.Single(stored.Definition.Steps).Template);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Names_are_listed_while_there_is_a_chain_by_them()
    {
        var names = _cluster.Grains.GetGrain<INamesGrain>(GrainKeys.ChainNames(Owner));
        await Digest.PutAsync(Draft("""{"steps":[{"template":"one","output_key":"a"}]}"""));
        var with = await names.ListAsync();

        var deleted = await Digest.DeleteAsync();
        var again = await Digest.DeleteAsync();

        Assert.Equal(["digest"], with.AsEnumerable());
        Assert.Equal((true, false), (deleted, again));
        Assert.Empty(await names.ListAsync());
        Assert.Null(await Digest.GetAsync());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_step_may_use_a_template_of_the_same_owner_and_of_no_other()
    {
        await _cluster.Silos[0].PutAsync(Owner, "mine", new() { Source = "Hello {{ name }}" });
        await _cluster.Silos[0].PutAsync("another", "theirs", new() { Source = "Hello {{ name }}" });

        var mine = await Digest.PutAsync(Draft("""{"steps":[{"template_name":"mine","output_key":"a"}]}"""));
        var theirs = await Digest.PutAsync(Draft("""{"steps":[{"template_name":"theirs","output_key":"a"}]}"""));

        Assert.Equal(["name"], mine.Chain!.Summary.Variables.AsEnumerable());
        Assert.Equal(("Step 'a': There is no template 'theirs'.", "steps[0].template_name"), (theirs.Error?.Message, theirs.Error?.Param));
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData("""{"steps":[]}""", "steps", "A chain has at least one step.")]
    [InlineData("""{"steps":[{"template":"{{ 1 + }}","output_key":"a"}]}""", "steps[0].template", "Step 'a': Line 1, column ")]
    [InlineData("""{"steps":[{"template":"{{ item }}","output_key":"a"}]}""", "steps[0].template", "Step 'a': 'item' exists only in")]
    [InlineData("""{"steps":[{"template":"{{ b }}","output_key":"a"},{"template":"{{ a }}","output_key":"b"}]}""", "steps[0].template", "Step 'a': it needs its own output")]
    [InlineData("""{"steps":[{"template":"x","output_key":"a","provider":"nobody"}]}""", "steps[0].provider", "Step 'a': ")]
    public async Task What_could_never_run_is_not_stored(string chain, string param, string message)
    {
        var put = await Digest.PutAsync(Draft(chain));

        Assert.Equal((ChatErrorKind.InvalidRequest, param), (put.Error?.Kind, put.Error?.Param));
        Assert.StartsWith(message, put.Error!.Message, StringComparison.Ordinal);
        Assert.Null(await Digest.GetAsync());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_name_a_description_and_a_size_that_cannot_be_are_refused()
    {
        var good = Draft("""{"steps":[{"template":"one","output_key":"a"}]}""");
        var large = good with { Definition = good.Definition with { Inputs = new() { ["x"] = JsonElement.Parse($"\"{new string('x', 1024 * 1024)}\"") } } };

        var name = await _cluster.Chain("a b", Owner).PutAsync(good);
        var description = await Digest.PutAsync(good with { Description = new string('x', 1_001) });
        var size = await Digest.PutAsync(large);
        var variables = await Digest.PutAsync(good with { Variables = ["x"] });

        Assert.Equal(("name", "invalid_name"), (name.Error?.Param, name.Error?.Code));
        Assert.Equal("description", description.Error?.Param);
        Assert.Equal((ChatErrorKind.RequestTooLarge, "chain_too_large"), (size.Error?.Kind, size.Error?.Code));
        Assert.Equal("'variables' are read from the steps, which need none: leave them out.", variables.Error?.Message);
    }

    private static ChainDraft Draft(string chain) => new() { Definition = Chain.Parse(chain) };
}
