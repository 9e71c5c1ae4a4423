using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Prism.Gateway.Auth;
using Prism.Gateway.Errors;
using Prism.Gateway.Json;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Overload;
using Prism.Gateway.Storage;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Gateway.Templates;

/// <summary><c>/v1/templates</c></summary>
internal static class TemplatesEndpoint
{
    // Longer than a change waits for a silo that cannot be notified.
    private static readonly TimeSpan Patience = TemplateLease.Life + TimeSpan.FromSeconds(2);

    [Gives<TemplateList>]
    public static async Task List(HttpContext context, IPromptTemplates templates, StorageCalls storage) => await context.Response.WriteJsonAsync(
        new TemplateList(await storage.AskAsync(end => templates.ListAsync(context.GetOwner(), end), context.RequestAborted)),
        GatewayJson.Api.TemplateList);

    [Reads("TemplateName"), Gives<PromptTemplate>, Fails(404)]
    public static async Task Get(HttpContext context, string name, IPromptTemplates templates)
    {
        var outcome = await templates.FindAsync(context.GetOwner(), name, context.RequestAborted);
        await (outcome.Error is { } error
            ? context.WriteErrorAsync(error)
            : context.Response.WriteJsonAsync(outcome.Template!, GatewayJson.Api.PromptTemplate));
    }

    [Reads("TemplateName"), Takes<TemplateBody>, Gives<PromptTemplate>, Gives<PromptTemplate>(201), Fails(409)]
    public static async Task Put(HttpContext context, string name, IPromptTemplates templates, StorageCalls storage)
    {
        if (await context.ReadJsonBodyAsync(GatewayJson.Api.TemplateBody) is not { } body)
        {
            return;
        }

        var (draft, refused) = body.ToDraft(name);
        if (refused is not null)
        {
            await context.WriteErrorAsync(refused);
            return;
        }

        var outcome = await storage.AskAsync(
            _ => templates.PutAsync(context.GetOwner(), name, draft!), Patience, context.RequestAborted);
        if (outcome.Error is { } error)
        {
            await context.WriteErrorAsync(error);
            return;
        }

        context.Response.StatusCode = outcome.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await context.Response.WriteJsonAsync(outcome.Template!, GatewayJson.Api.PromptTemplate);
    }

    [Reads("TemplateName"), GivesNothing, Fails(404, 409)]
    public static async Task Delete(HttpContext context, string name, IPromptTemplates templates, StorageCalls storage)
    {
        if (await storage.AskAsync(_ => templates.DeleteAsync(context.GetOwner(), name), Patience, context.RequestAborted) is { } error)
        {
            await context.WriteErrorAsync(error);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    [Reads("TemplateName"), Takes<RenderRequest>, Gives<RenderResponse>, Fails(404, 429)]
    public static async Task Render(HttpContext context, string name, IPromptTemplates templates)
    {
        var owner = context.GetOwner();
        if ((await templates.FindAsync(owner, name, context.RequestAborted)).Error is { } missing)
        {
            await context.WriteErrorAsync(missing);
            return;
        }

        if (await context.ReadJsonBodyAsync(GatewayJson.Api.RenderRequest) is not { } request)
        {
            return;
        }

        var outcome = await templates.RenderAsync(owner, name, request.Variables, context.RequestAborted);
        await (outcome.Error is { } error
            ? context.WriteErrorAsync(error)
            : context.Response.WriteJsonAsync(new RenderResponse(outcome.Message!.Content!.ToText()), GatewayJson.Api.RenderResponse));
    }
}

/// <summary>The body of <c>GET /v1/templates</c>.</summary>
internal sealed record TemplateList(ImmutableArray<PromptTemplate> Templates);

/// <summary>The body of <c>POST /v1/templates/{name}/render</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RenderRequest(Dictionary<string, JsonElement>? Variables);

/// <summary>A rendered template.</summary>
internal sealed record RenderResponse(string Prompt);
