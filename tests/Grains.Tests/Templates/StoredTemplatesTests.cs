using System.Globalization;
using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Templates;
using Prism.Tests.Catalog;
using Prism.Tests.Quotas;

namespace Prism.Tests.Templates;

/// <summary>Users' own templates on a cluster of three silos.</summary>
public sealed class StoredTemplatesTests : IAsyncLifetime
{
    private const string Owner = "team/7";

    private CatalogCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await CatalogCluster.StartAsync(silos: 3);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Once_a_version_is_stored_every_silo_renders_it()
    {
        for (var version = 1; version <= 30; version++)
        {
            var text = version.ToString(CultureInfo.InvariantCulture);
            var put = await _cluster.Silos[version % 3].PutAsync(Owner, "a", new() { Source = text + " {{ x }}" });

            Assert.Equal((version, version == 1), (put.Template?.Version, put.IsNew));
            foreach (var silo in _cluster.Silos)
            {
                Assert.Equal(text + " !", await RenderAsync(silo, "a", ("x", "!")));
            }
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Once_a_template_is_deleted_no_silo_renders_it_nor_what_comes_after_it_wrongly()
    {
        await _cluster.Silos[0].PutAsync(Owner, "a", new() { Source = "old" });
        await Task.WhenAll(_cluster.Silos.Select(silo => RenderAsync(silo, "a")));

        var first = await _cluster.Silos[1].DeleteAsync(Owner, "a");
        var gone = await Task.WhenAll(_cluster.Silos.Select(silo => RenderAsync(silo, "a")));
        var second = await _cluster.Silos[2].DeleteAsync(Owner, "a");
        var again = await _cluster.Silos[2].PutAsync(Owner, "a", new() { Source = "new" });
        var texts = await Task.WhenAll(_cluster.Silos.Select(silo => RenderAsync(silo, "a")));

        Assert.Null(first);
        Assert.All(gone, Assert.Null);
        Assert.Equal((ChatErrorKind.NotFound, "template_not_found"), (second?.Kind, second?.Code));
        Assert.Equal((1, true), (again.Template?.Version, again.IsNew));
        Assert.All(texts, text => Assert.Equal("new", text));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_same_again_is_no_new_version()
    {
        var draft = new TemplateDraft { Source = "{{ x }}", Variables = [new() { Name = "x", Description = "It.", Default = "1" }] };

        await _cluster.Silos[0].PutAsync(Owner, "a", draft);
        var again = await _cluster.Silos[1].PutAsync(Owner, "a", draft);
        var other = await _cluster.Silos[1].PutAsync(Owner, "a", draft with { Description = "Another." });

        Assert.Equal((1, false), (again.Template?.Version, again.IsNew));
        Assert.Equal(2, other.Template?.Version);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_change_of_an_older_version_does_not_overwrite_a_newer_one()
    {
        var silo = _cluster.Silos[0];
        var early = await silo.PutAsync(Owner, "a", new() { Source = "one", BasedOn = 1 });
        await silo.PutAsync(Owner, "a", new() { Source = "one" });
        await silo.PutAsync(Owner, "a", new() { Source = "two", BasedOn = 1 });

        var late = await silo.PutAsync(Owner, "a", new() { Source = "three", BasedOn = 1 });

        Assert.Equal((ChatErrorKind.Conflict, "version", "outdated_version"), (early.Error?.Kind, early.Error?.Param, early.Error?.Code));
        Assert.Equal(ChatErrorKind.Conflict, late.Error?.Kind);
        Assert.Contains("is at version 2, not 1", late.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("two", await RenderAsync(silo, "a"));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_list_has_the_owners_own_and_the_built_in_ones_in_the_order_of_their_names()
    {
        await _cluster.Silos[0].PutAsync(Owner, "zebra", new() { Source = "z" });
        await _cluster.Silos[0].PutAsync(Owner, "b.c-d_9", new() { Source = "b" });
        await _cluster.Silos[0].PutAsync(Owner, "gone", new() { Source = "g" });
        await _cluster.Silos[0].DeleteAsync(Owner, "gone");
        await _cluster.Silos[0].PutAsync("another", "not-mine", new() { Source = "n" });

        var listed = await _cluster.Silos[1].ListAsync(Owner, default);

        Assert.Equal(
            BuiltInTemplates.Load().Select(template => template.Name).Concat(["b.c-d_9", "zebra"]).Order(StringComparer.Ordinal),
            listed.Select(template => template.Name));
        Assert.Equal(["b.c-d_9", "zebra"], listed.Where(template => template.Version == 1).Select(template => template.Name));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_name_is_its_owners()
    {
        await _cluster.Silos[0].PutAsync(Owner, "a", new() { Source = "mine" });

        var theirs = await _cluster.Silos[0].FindAsync("another", "a", default);

        Assert.Equal(ChatErrorKind.NotFound, theirs.Error?.Kind);
        Assert.Equal("mine", (await _cluster.Silos[1].FindAsync(Owner, "a", default)).Template?.Source);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_is_stored_outlives_its_activation()
    {
        await _cluster.Silos[0].PutAsync(Owner, "a", new() { Source = "kept" });
        await _cluster.DeactivateAsync(_cluster.Template("a", Owner));
        await _cluster.DeactivateAsync(_cluster.Grains.GetGrain<INamesGrain>(GrainKeys.TemplateNames(Owner)));

        var reading = await _cluster.Template("a", Owner).ReadAsync(null);
        var listed = await _cluster.Silos[2].ListAsync(Owner, default);

        Assert.Equal(("kept", 1), (reading.Stored?.Template.Source, reading.Stored?.Template.Version));
        Assert.Contains(listed, template => template.Source == "kept");
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData("summarize", ChatErrorKind.Conflict, "built_in_template")]
    [InlineData("a/b", ChatErrorKind.InvalidRequest, "invalid_name")]
    [InlineData("", ChatErrorKind.InvalidRequest, "invalid_name")]
    [InlineData(".a", ChatErrorKind.InvalidRequest, "invalid_name")]
    [InlineData("a\n", ChatErrorKind.InvalidRequest, "invalid_name")]
    public async Task Not_every_name_can_be_had(string name, ChatErrorKind kind, string code)
    {
        var put = await _cluster.Silos[0].PutAsync(Owner, name, new() { Source = "s" });
        var deleted = await _cluster.Silos[0].DeleteAsync(Owner, name);

        Assert.Equal((kind, code, "name"), (put.Error?.Kind, put.Error?.Code, put.Error?.Param));
        Assert.Equal(kind == ChatErrorKind.Conflict ? ChatErrorKind.Conflict : ChatErrorKind.NotFound, deleted?.Kind);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_Orleans_client_cannot_take_a_built_in_name_either()
    {
        var put = await _cluster.Template("summarize").PutAsync(new() { Source = "mine" });

        Assert.Equal((ChatErrorKind.Conflict, "built_in_template"), (put.Error?.Kind, put.Error?.Code));
        Assert.DoesNotContain("mine", await RenderAsync(_cluster.Silos[0], "summarize", ("text", "t")) ?? "", StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Names_are_bounded_and_come_free_again()
    {
        var names = _cluster.Grains.GetGrain<INamesGrain>("n");

        Assert.True(await names.AddAsync("b", 2));
        Assert.True(await names.AddAsync("a", 2));
        Assert.True(await names.AddAsync("b", 2));
        Assert.False(await names.AddAsync("c", 2));
        await names.RemoveAsync("never-there");
        await names.RemoveAsync("b");
        Assert.True(await names.AddAsync("c", 2));
        Assert.Equal(["a", "c"], (await names.ListAsync()).AsEnumerable());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_change_does_not_wait_for_ever_for_a_silo_that_is_gone()
    {
        await _cluster.Silos[0].PutAsync(Owner, "a", new() { Source = "one" });
        await Task.WhenAll(_cluster.Silos.Select(silo => RenderAsync(silo, "a")));

        await _cluster.KillAsync(2);
        var put = await RetryAsync(() => _cluster.Silos[0].PutAsync(Owner, "a", new() { Source = "two" }));

        Assert.Null(put.Error);
        Assert.All(await Task.WhenAll(_cluster.Silos.Take(2).Select(silo => RenderAsync(silo, "a"))), text => Assert.Equal("two", text));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_change_that_could_not_be_written_has_not_happened()
    {
        var storage = new FaultyGrainStorage();
        await using var cluster = await CatalogCluster.StartAsync(silos: 1, storage);
        await cluster.Silos[0].PutAsync(Owner, "a", new() { Source = "one" });

        storage.OnNextWrite(_ => throw new IOException("lost"));
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Silos[0].PutAsync(Owner, "a", new() { Source = "two" }));
        var kept = await RenderAsync(cluster.Silos[0], "a");
        var again = await cluster.Silos[0].PutAsync(Owner, "a", new() { Source = "three" });

        Assert.Equal("one", kept);
        Assert.Equal(2, again.Template?.Version);
        Assert.Equal("three", await RenderAsync(cluster.Silos[0], "a"));
    }

    // The grain may have lived on the silo that was killed: then a call fails until the others know of its death.
    private static async Task<TemplatePut> RetryAsync(Func<Task<TemplatePut>> put)
    {
        TemplatePut? done = null;
        await Until.TrueAsync("the template is stored", async () =>
        {
            try
            {
                done = await put();
                return true;
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException)
            {
                return false;
            }
        });
        return done!;
    }

    private static async Task<string?> RenderAsync(IPromptTemplates silo, string name, params (string Name, string Value)[] variables)
    {
        var values = variables.ToDictionary(one => one.Name, one => JsonSerializer.SerializeToElement(one.Value));
        var outcome = await silo.RenderAsync(name == "summarize" ? Owners.Global : Owner, name, values, default);
        return outcome.Message?.Content?.ToText();
    }
}
