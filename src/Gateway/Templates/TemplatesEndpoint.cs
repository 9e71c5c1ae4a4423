using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Prism.Errors;
using Prism.Json;

namespace Prism.Templates;

/// <summary><c>/v1/templates</c></summary>
internal static class TemplatesEndpoint
{
    public static async Task List(HttpContext context, IPromptTemplates templates) => await context.Response.WriteJsonAsync(
        new TemplateList(await templates.ListAsync(context.RequestAborted)), GatewayJson.Api.TemplateList);

    public static async Task Get(HttpContext context, string name, IPromptTemplates templates)
    {
        if (await templates.FindAsync(name, context.RequestAborted) is { } template)
        {
            await context.Response.WriteJsonAsync(template, GatewayJson.Api.PromptTemplate);
            return;
        }

        await WriteNotFoundAsync(context, name);
    }

    public static async Task Render(HttpContext context, string name, IPromptTemplates templates)
    {
        if (await templates.FindAsync(name, context.RequestAborted) is null)
        {
            await WriteNotFoundAsync(context, name);
            return;
        }

        if (await context.ReadJsonBodyAsync(GatewayJson.Api.RenderRequest) is not { } request)
        {
            return;
        }

        var outcome = await templates.RenderAsync(name, request.Variables, context.RequestAborted);
        await (outcome.Error is { } error
            ? context.WriteErrorAsync(error)
            : context.Response.WriteJsonAsync(new RenderResponse(outcome.Message!.Content!.ToText()), GatewayJson.Api.RenderResponse));
    }

    private static Task WriteNotFoundAsync(HttpContext context, string name) => context.WriteErrorAsync(
        StatusCodes.Status404NotFound,
        new($"There is no template '{name}'.", ApiError.InvalidRequest, "name", "template_not_found"));
}

/// <summary>The body of <c>GET /v1/templates</c>.</summary>
internal sealed record TemplateList(ImmutableArray<PromptTemplate> Templates);

/// <summary>The body of <c>POST /v1/templates/{name}/render</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RenderRequest(Dictionary<string, JsonElement>? Variables);

/// <summary>What a template has been rendered to.</summary>
internal sealed record RenderResponse(string Prompt);
