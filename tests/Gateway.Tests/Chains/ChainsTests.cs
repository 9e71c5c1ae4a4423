using System.Net;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Chains;

/// <summary><c>/v1/chains</c>.</summary>
public sealed class ChainsTests : GatewayTest
{
    private ScriptedChain Digest => Host.Grains.Chain("digest");

    [Fact]
    public async Task A_chain_is_found_by_its_name()
    {
        Digest.Stored = ScriptedChains.Digest;

        using var response = await Host.Client.GetAsync("/v1/chains/digest");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("chain.json", response);
    }

    [Fact]
    public async Task Chains_are_listed_without_their_steps_and_those_that_are_gone_not_at_all()
    {
        Digest.Stored = ScriptedChains.Digest;
        Host.Grains.ChainNames().Names = ["digest", "gone"];

        using var response = await Host.Client.GetAsync("/v1/chains");

        await Golden.EqualAsync("chains.json", response);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.Created)]
    [InlineData(false, HttpStatusCode.OK)]
    public async Task What_was_read_can_be_stored_again(bool isNew, HttpStatusCode status)
    {
        Digest.Stored = ScriptedChains.Digest;
        Digest.Put = new() { Chain = ScriptedChains.Digest, IsNew = isNew };

        using var response = await PutAsync("digest", await Host.Client.GetStringAsync("/v1/chains/digest"));

        Assert.Equal(status, response.StatusCode);
        await Golden.EqualAsync("chain.json", response);
        var draft = Digest.LastDraft!;
        Assert.Equal((3, "Sums up.", 2), (draft.BasedOn, draft.Description, draft.Definition.MaxParallel));
        Assert.Equal(["article"], draft.Variables!.Value.AsEnumerable());
        Assert.Equal(ScriptedChains.Digest.Definition.Steps.AsEnumerable(), draft.Definition.Steps.AsEnumerable());
        Assert.Equal(["language", "tone"], draft.Definition.Inputs!.Keys);
    }

    [Theory]
    [InlineData("digest", """{}""", "steps", "'steps' is missing.")]
    [InlineData("digest", """{"steps":[],"name":"other"}""", "name", "'name' must be that of the path, 'digest', or left out.")]
    [InlineData("digest", """{"steps":[],"parallel":1}""", "parallel", "'parallel' is not known here.")]
    [InlineData("dig%20est", """{"steps":[]}""", "name", "The name of a chain has up to 64 letters, digits, '.', '_' and '-', and begins with a letter or a digit.")]
    public async Task A_chain_that_is_not_right_is_not_stored(string name, string body, string param, string message)
    {
        using var response = await PutAsync(name, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = await ReadErrorAsync(response);
        Assert.Equal((param, message), (error.Param, error.Message));
        Assert.Null(Digest.LastDraft);
    }

    [Fact]
    public async Task What_keeps_it_from_being_stored_is_told()
    {
        Digest.Put = new() { Error = ChatError.Invalid("Step 'a': no.", "steps[0].template", "invalid_chain") };

        using var response = await PutAsync("digest", """{"steps":[{"output_key":"a"}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(("Step 'a': no.", "invalid_request_error", "steps[0].template", "invalid_chain"), await ReadErrorAsync(response));
    }

    [Fact]
    public async Task A_chain_is_deleted()
    {
        Digest.Stored = ScriptedChains.Digest;

        using var gone = await Host.Client.DeleteAsync("/v1/chains/digest");
        using var again = await Host.Client.DeleteAsync("/v1/chains/digest");
        using var found = await Host.Client.GetAsync("/v1/chains/digest");

        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (again.StatusCode, found.StatusCode));
        Assert.Equal(("There is no chain 'digest'.", "invalid_request_error", "name", "chain_not_found"), await ReadErrorAsync(again));
    }

    private Task<HttpResponseMessage> PutAsync(string name, string json) => Host.Client.PutAsync($"/v1/chains/{name}", GatewayHost.Json(json));
}
